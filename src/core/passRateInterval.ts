const z95 = 1.959963984540054;

/** The 95 % Wilson score interval for `correct` of `n`; null without observations (Wilson 1927). */
export function wilsonInterval(correct: number, n: number): readonly [number, number] | null {
  if (n <= 0) return null;
  const p = correct / n;
  const z2 = z95 * z95;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (z95 / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
