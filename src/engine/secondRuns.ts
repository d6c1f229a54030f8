import type { LogFile } from '../logs/logFile';
import { naturalOrder } from '../logs/logFormat';
import type { StepRows } from './stepRows';

/**
 * The rows of a step that count where one trainer appends to its files, launch after launch: a stream whose step goes
 * back is that of a resumed run, and what it held from there on is void. The names of all `files` tell their order.
 */
export function rowsAfterResuming(rows: readonly StepRows[], files: readonly LogFile[]): readonly StepRows[] {
  // A file that was compressed meanwhile has come to the end of the list.
  const ordered = [...files].sort((a, b) => naturalOrder(a.path, b.path));
  const orderOf = new Map(ordered.map((file, order) => [file, order]));
  const resumed = resumptions(ordered);
  return rows.filter(({ file, range }) => {
    const order = orderOf.get(file) ?? 0;
    return !resumed.some((resumption) => resumption.step <= range.step && (resumption.order > order || (resumption.order === order && resumption.row > range.start)));
  });
}

/** Where the step goes back: in which file, at which row, and to which step. */
function resumptions(files: readonly LogFile[]): readonly { readonly order: number; readonly row: number; readonly step: number }[] {
  let before = -Infinity;
  return files.flatMap((file, order) =>
    file.table.ranges.flatMap(({ step, start }) => {
      const goesBack = step < before;
      before = step;
      return goesBack ? [{ order, row: start, step }] : [];
    }),
  );
}
