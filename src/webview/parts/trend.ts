/** Which way a series went of late. */
export type Trend = 'rising' | 'falling' | 'steady' | 'unknown';

/** Compares the mean of the newest quarter with the mean of the quarter before it; a change below `tolerance` is steady. */
export function trendOf(values: readonly (number | null)[], tolerance: number): Trend {
  const known = values.filter((value) => value !== null);
  const quarter = Math.floor(known.length / 4);
  if (quarter < 1) return 'unknown';
  const change = mean(known.slice(-quarter)) - mean(known.slice(-2 * quarter, -quarter));
  if (Math.abs(change) < tolerance) return 'steady';
  return change > 0 ? 'rising' : 'falling';
}

/** The newest value that is known, or null. */
export function lastKnown(values: readonly (number | null)[]): number | null {
  return values.findLast((value) => value !== null) ?? null;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
