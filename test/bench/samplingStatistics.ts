/** A mean over seeds with the half width of its 95 % t-interval; no interval from a single seed. */
export interface SeedMean {
  readonly mean: number;
  readonly half: number | null;
}

// The 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom.
const quantiles = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** The mean over seeds. */
export function overSeeds(values: readonly number[]): SeedMean {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, half: null };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, half: (quantiles[n - 2] ?? 1.96) * Math.sqrt(variance / n) };
}

/** The mean over seeds of a - b: a seed's share in both cancels. */
export function pairedDifference(a: readonly number[], b: readonly number[]): SeedMean {
  return overSeeds(a.map((value, seed) => value - (b[seed] ?? NaN)));
}

/** Whether the interval leaves out 0. */
export function isOffZero({ mean, half }: SeedMean): boolean {
  return half !== null && Math.abs(mean) > half;
}
