import type { StepRows } from './stepRows';

/** Rows that were written at once: those of one file and one line of it. */
interface Table {
  readonly file: StepRows['file'];
  readonly launch: number;
  readonly start: number;
  readonly end: number;
}

/**
 * The rows of a step without those that a trainer wrote again. It logs what it last generated, so a table may begin with
 * the rows that the table before it ended with; equal rows elsewhere are rollouts of their own. New rows that come after
 * later steps of the same file are a second run of the step and replace the first. `before` are all rows of the step before.
 */
export function withoutRepeats(rows: readonly StepRows[], before: readonly StepRows[]): readonly StepRows[] {
  let previous = before.flatMap(tablesOf).at(-1);
  const step = rows[0]?.range.step ?? 0;
  let counting: Table[] = [];
  for (const table of rows.flatMap(tablesOf)) {
    const start = table.start + (previous === undefined ? 0 : repeatedRows(previous, table));
    previous = table;
    if (start === table.end) continue;
    const last = counting.at(-1);
    if (last !== undefined && wentOnBetween(last, table, step)) counting = [];
    counting.push({ ...table, start });
  }
  return counting.map(({ file, launch, start, end }) => ({ file, launch, range: { step, start, end }, keysAreNames: false }));
}

function wentOnBetween(first: Table, second: Table, step: number): boolean {
  if (first.file !== second.file) return false;
  return first.file.table.ranges.some((range) => range.step > step && range.start >= first.end && range.end <= second.start);
}

function tablesOf({ file, range, launch }: StepRows): Table[] {
  const tables: Table[] = [];
  for (let start = range.start, row = start; row < range.end; row++) {
    const last = row + 1 === range.end || (file.isTable !== true && file.table.offset(row + 1) !== file.table.offset(start));
    if (!last) continue;
    tables.push({ file, launch, start, end: row + 1 });
    start = row + 1;
  }
  return tables;
}

/** How many rows at the head of a table are the last ones of the table before. A single one among others is chance. */
function repeatedRows(previous: Table, table: Table): number {
  const length = table.end - table.start;
  for (let count = Math.min(previous.end - previous.start, length); count > (length === 1 ? 0 : 1); count--) {
    if (sameRows(previous, table, count)) return count;
  }
  return 0;
}

function sameRows(previous: Table, table: Table, count: number): boolean {
  for (let row = 0; row < count; row++) {
    const key = table.file.table.key(table.start + row);
    if (key === 0 || key !== previous.file.table.key(previous.end - count + row)) return false;
  }
  return true;
}
