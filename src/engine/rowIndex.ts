import type { LogFile } from '../logs/logFile';
import type { StepRows } from './stepRows';

/** A file of a run, and what of it is in the index of rows. */
export interface FollowedFile {
  readonly file: LogFile;
  readonly launch: number;
  /** The place of the file among the run's files. */
  position: number;
  indexed: { readonly generation: number; readonly rows: number };
}

interface IndexedRows extends StepRows {
  readonly from: FollowedFile;
}

/** Which rows of a run's files belong to which step, in the order of the files. */
export class RowIndex {
  private readonly rowsByStep = new Map<number, IndexedRows[]>();
  /** The steps in order; null where one came or went since they were last put so. */
  private ordered: readonly number[] | null = null;

  /** Steps that have rows, ascending. */
  get steps(): readonly number[] {
    return (this.ordered ??= [...this.rowsByStep.keys()].sort((a, b) => a - b));
  }

  /** All rows of a step. */
  of(step: number): readonly StepRows[] {
    return this.rowsByStep.get(step) ?? [];
  }

  /** The rows of a step's highest launch. */
  launchedLast(step: number): readonly StepRows[] {
    const rows = this.of(step);
    const launch = Math.max(...rows.map((part) => part.launch));
    return rows.filter((part) => part.launch === launch);
  }

  /** Takes in what is new of a file, and adds the steps that changed by it. */
  add(followed: FollowedFile, changed: Set<number>): void {
    const { file, indexed } = followed;
    const appended = file.generation === indexed.generation && file.table.length >= indexed.rows;
    if (!appended) this.remove(file, changed);
    const from = appended ? indexed.rows : 0;
    for (const range of file.table.ranges) {
      if (range.end <= from) continue;
      changed.add(range.step);
      const rows = this.rowsOf(range.step);
      if (!rows.some((known) => known.range === range)) insert(rows, { file, range, launch: followed.launch, from: followed });
    }
    followed.indexed = { generation: file.generation, rows: file.table.length };
  }

  /** Forgets a file, and adds the steps that had rows in it. */
  remove(file: LogFile, changed: Set<number>): void {
    for (const [step, rows] of this.rowsByStep) {
      const others = rows.filter((known) => known.file !== file);
      if (others.length === rows.length) continue;
      changed.add(step);
      if (others.length > 0) {
        this.rowsByStep.set(step, others);
        continue;
      }
      this.rowsByStep.delete(step);
      this.ordered = null;
    }
  }

  private rowsOf(step: number): IndexedRows[] {
    const known = this.rowsByStep.get(step);
    if (known !== undefined) return known;
    const rows: IndexedRows[] = [];
    this.rowsByStep.set(step, rows);
    this.ordered = null;
    return rows;
  }
}

function insert(rows: IndexedRows[], part: IndexedRows): void {
  const before = rows.findLastIndex(({ from }) => from.position <= part.from.position);
  rows.splice(before + 1, 0, part);
}
