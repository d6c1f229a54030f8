import type { LogFile } from '../../logs/logFile';
import type { RolloutTable, StepRange } from '../../logs/columns/rolloutTable';

/** A file as its rows need it. */
export interface RowsFile extends Pick<LogFile, 'path' | 'step' | 'table'>, Partial<Pick<LogFile, 'isTable'>> {
  /** Where its rows begin in the table, which holds those of other files too; without it the table is the file's own. */
  readonly firstRow?: number;
}

/** Rows of one file that belong to a step. */
export interface StepRows {
  readonly file: RowsFile;
  readonly range: StepRange;
  readonly launch: number;
  /** False where rows of the same key are not the same rollout. */
  readonly keysAreNames?: boolean;
}

/** How many rows there are, counting or not. */
export function countRows(rows: readonly StepRows[]): number {
  return rows.reduce((sum, { range }) => sum + range.end - range.start, 0);
}

/** The rows of a step that count: where rollouts are named, the last row of each name. */
export function* countingRows(rows: readonly StepRows[]): Generator<{ readonly part: StepRows; readonly row: number }> {
  const superseded = supersededRows(rows);
  let ordinal = 0;
  for (const part of rows) {
    for (let { start: row } = part.range; row < part.range.end; row++, ordinal++) {
      if (superseded?.[ordinal] !== 1) yield { part, row };
    }
  }
}

/** Which rows of a step a later row of the same name stands for: 1 for each of them, counted through all parts; null when none is. */
export function supersededRows(rows: readonly StepRows[]): Uint8Array | null {
  if (!rows.some(({ file, range }) => isNamed(file.table, range))) return null;
  const total = countRows(rows);
  const table = NameTable.ofSize(total);
  let superseded: Uint8Array | null = null;
  let ordinal = 0;
  for (const { file, range, keysAreNames } of rows) {
    for (let row = range.start; row < range.end; row++, ordinal++) {
      const key = keysAreNames === false ? 0 : file.table.key(row);
      const earlier = key === 0 ? -1 : table.replace(key, ordinal);
      if (earlier < 0) continue;
      superseded ??= new Uint8Array(total);
      superseded[earlier] = 1;
    }
  }
  return superseded;
}

function isNamed(table: RolloutTable, { start, end }: StepRange): boolean {
  if (!table.hasKeys) return false;
  for (let row = start; row < end; row++) if (table.key(row) !== 0) return true;
  return false;
}

/** Tables up to this many slots are kept for the next step. */
const keptSlots = 1 << 17;

/** From names, which are numbers but 0, to where each was met last. */
class NameTable {
  private static kept: NameTable | null = null;
  private readonly names: Float64Array;
  private readonly ordinals: Int32Array;

  private constructor(private readonly slots: number) {
    this.names = new Float64Array(slots);
    this.ordinals = new Int32Array(slots);
  }

  /** An empty table for so many names. */
  static ofSize(names: number): NameTable {
    const slots = 2 ** Math.ceil(Math.log2(2 * names + 1));
    if (NameTable.kept?.slots === slots) {
      NameTable.kept.names.fill(0);
      return NameTable.kept;
    }
    const table = new NameTable(slots);
    if (slots <= keptSlots) NameTable.kept = table;
    return table;
  }

  /** Notes where a name is met; returns where it was met before, -1 for nowhere. */
  replace(name: number, ordinal: number): number {
    const { names, ordinals } = this;
    const mask = this.slots - 1;
    // Names are hashes, so their low bits are as good as any.
    let slot = name & mask;
    while (names[slot] !== 0 && names[slot] !== name) slot = (slot + 1) & mask;
    const before = names[slot] === 0 ? -1 : (ordinals[slot] ?? -1);
    names[slot] = name;
    ordinals[slot] = ordinal;
    return before;
  }
}
