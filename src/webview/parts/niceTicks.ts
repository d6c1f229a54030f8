/** Three to six round values that span the known ones of `values`, ascending; the first and the last are the axis' ends. */
export function niceTicks(values: readonly (number | null)[]): readonly number[] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 0.5, 1];
  if (low === high) [low, high] = [low - spread(low), high + spread(high)];
  const step = niceStep((high - low) / 4);
  const [first, last] = [Math.floor(low / step), Math.ceil(high / step)];
  // Multiplied rather than added up, and cut to the step's own digits: 0.1 + 0.2 is not 0.3.
  return Array.from({ length: last - first + 1 }, (_, place) => Number(((first + place) * step).toPrecision(12)));
}

function spread(value: number): number {
  return value === 0 ? 1 : Math.abs(value) / 2;
}

/** The least of 1, 2 and 5 times a power of ten that is not below `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5].find((candidate) => candidate * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}
