import type { LogFile } from '../../logs/logFile';
import { naturalOrder } from '../../logs/logFormat';
import type { StepRange } from '../../logs/columns/rolloutTable';

/**
 * The rows that are void where one trainer appends to its files, launch after launch: a stream whose step goes back is
 * that of a resumed run, and what it held from there on does not count. The names of the files tell their order.
 */
export function rangesBeforeResuming(files: readonly LogFile[]): ReadonlySet<StepRange> {
  // A file that was compressed meanwhile has come to the end of the list.
  const ranges = [...files].sort((a, b) => naturalOrder(a.path, b.path)).flatMap(({ table }) => table.ranges);
  const replaced = new Set<StepRange>();
  let resumedAt = Infinity;
  for (let i = ranges.length - 1; i >= 0; i--) {
    const [range, before] = [ranges[i], ranges[i - 1]];
    if (range === undefined) continue;
    if (range.step >= resumedAt) replaced.add(range);
    if (before !== undefined && range.step < before.step) resumedAt = Math.min(resumedAt, range.step);
  }
  return replaced;
}
