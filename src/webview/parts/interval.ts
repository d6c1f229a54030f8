const z = 1.959963984540054;

/** The Wilson 95 % interval of `correct` out of `scored`; null where nothing is scored. */
export function wilsonInterval(correct: number, scored: number): readonly [number, number] | null {
  if (scored <= 0) return null;
  const rate = correct / scored;
  const shrink = 1 + (z * z) / scored;
  const centre = (rate + (z * z) / (2 * scored)) / shrink;
  const half = (z / shrink) * Math.sqrt((rate * (1 - rate)) / scored + (z * z) / (4 * scored * scored));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
