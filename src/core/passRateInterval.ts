const z95 = 1.959963984540054;

/** The Wilson score interval for `correct` of `n`, 95 % by default; null without observations (Wilson 1927). */
export function wilsonInterval(correct: number, n: number, z = z95): readonly [number, number] | null {
  if (n <= 0) return null;
  const p = correct / n;
  const z2 = z * z;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (z / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** The chance that a group of `size` rollouts at a true pass rate gives no gradient: p^G + (1-p)^G. */
export function zeroGradientChance(passRate: number, size: number): number {
  return passRate ** size + (1 - passRate) ** size;
}
