/**
 * Which of `length` points to draw when at most about `limit` fit: evenly spaced buckets, of each the positions of its
 * lowest and highest value, so that no peak is lost. Ascending; all positions where they fit; the last one always.
 */
export function decimate(length: number, limit: number, valueAt: (position: number) => number | null): number[] {
  if (length <= limit) return [...Array(length).keys()];
  const buckets = Math.max(1, Math.floor(limit / 2));
  const kept = new Set<number>([0, length - 1]);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * length) / buckets);
    const to = Math.floor(((bucket + 1) * length) / buckets);
    const { lowest, highest } = extremes(from, to, valueAt);
    kept.add(lowest);
    kept.add(highest);
  }
  return [...kept].sort((a, b) => a - b);
}

function extremes(from: number, to: number, valueAt: (position: number) => number | null): { readonly lowest: number; readonly highest: number } {
  let [lowest, highest] = [from, from];
  let [low, high] = [Infinity, -Infinity];
  for (let position = from; position < to; position++) {
    const value = valueAt(position);
    if (value === null) continue;
    if (value < low) [low, lowest] = [value, position];
    if (value > high) [high, highest] = [value, position];
  }
  return { lowest, highest };
}
