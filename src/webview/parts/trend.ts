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

/** How many neighbouring points a trailing mean takes so that a line of `count` points stays readable; 1 for short lines. */
export function smoothingWindow(count: number): number {
  return count < 60 ? 1 : Math.round(count / 30);
}

/** The mean of each value and the known ones among the `window - 1` before it; null where the value itself is. */
export function trailingMean(values: readonly (number | null)[], window: number): readonly (number | null)[] {
  return values.map((value, index) => {
    if (value === null) return null;
    return mean(values.slice(Math.max(0, index - window + 1), index + 1).filter((near) => near !== null));
  });
}

/** The newest value that is known, or null. */
export function lastKnown(values: readonly (number | null)[]): number | null {
  return values.findLast((value) => value !== null) ?? null;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
