import type { OffsetColumn, TableColumns } from './rolloutTable';

/** The columns of a table without names of rollouts, in half as many bytes or fewer. */
export interface PackedTable {
  readonly steps: Float64Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  /** The prompts of rows that follow each other, and the row at which each ends. */
  readonly prompts: Int32Array<ArrayBuffer>;
  readonly promptEnds: Uint32Array<ArrayBuffer>;
  readonly codes: Uint8Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  /** In two bytes where all are that small. */
  readonly lengthsAndFlags: Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
  /** By how much each place is further on than the one before, in two bytes, where all are that close; else the places. */
  readonly offsets: Uint16Array<ArrayBuffer> | OffsetColumn;
}

const maxShort = 0xffff;
/** Places up to this one are spelled in four bytes. */
export const maxShortOffset = 0xffffffff;

/** Packs columns; null where that would not make them smaller: with names, or a reward for each row. Those of the packed that are as they were are not copied. */
export function packTable({ steps, ends, prompts, rewards: { codes, values }, lengthsAndFlags, offsets, keys }: TableColumns): PackedTable | null {
  if (codes === null || keys !== null) return null;
  const runs = countRuns(prompts);
  if (runs > prompts.length / 4) return null;
  return { steps, ends, ...packPrompts(prompts, runs), codes: codes.slice(), values, lengthsAndFlags: isShort(lengthsAndFlags) ? new Uint16Array(lengthsAndFlags) : lengthsAndFlags.slice(), offsets: packOffsets(offsets) };
}

/** The columns again, apart from the packed ones. */
export function unpackTable({ steps, ends, prompts, promptEnds, codes, values, lengthsAndFlags, offsets }: PackedTable): TableColumns {
  const rows = codes.length;
  const unpacked = { steps, ends, prompts: new Int32Array(rows), rewards: { codes: codes.slice(), values }, lengthsAndFlags: new Uint32Array(lengthsAndFlags), offsets: unpackOffsets(offsets), keys: null };
  prompts.forEach((prompt, run) => unpacked.prompts.fill(prompt, run === 0 ? 0 : promptEnds[run - 1], promptEnds[run]));
  return unpacked;
}

function countRuns(prompts: Int32Array): number {
  let [runs, last] = [0, -1];
  for (let row = 0; row < prompts.length; row++) {
    const prompt = prompts[row] ?? 0;
    if (prompt !== last) runs++;
    last = prompt;
  }
  return runs;
}

function packPrompts(of: Int32Array, runs: number): Pick<PackedTable, 'prompts' | 'promptEnds'> {
  const [prompts, promptEnds] = [new Int32Array(runs), new Uint32Array(runs)];
  let [run, last] = [-1, -1];
  for (let row = 0; row < of.length; row++) {
    const prompt = of[row] ?? 0;
    if (prompt !== last) prompts[++run] = prompt;
    promptEnds[run] = row + 1;
    last = prompt;
  }
  return { prompts, promptEnds };
}

function isShort(numbers: Uint32Array): boolean {
  for (let row = 0; row < numbers.length; row++) if ((numbers[row] ?? 0) > maxShort) return false;
  return true;
}

function packOffsets(offsets: OffsetColumn): PackedTable['offsets'] {
  const steps = new Uint16Array(offsets.length);
  let before = 0;
  for (let row = 0; row < offsets.length; row++) {
    const offset = offsets[row] ?? 0;
    if (offset < before || offset - before > maxShort) return offsets.slice();
    steps[row] = offset - before;
    before = offset;
  }
  return steps;
}

function unpackOffsets(offsets: PackedTable['offsets']): OffsetColumn {
  if (!(offsets instanceof Uint16Array)) return offsets.slice();
  let last = 0;
  for (let row = 0; row < offsets.length; row++) last += offsets[row] ?? 0;
  const places = last <= maxShortOffset ? new Uint32Array(offsets.length) : new Float64Array(offsets.length);
  let offset = 0;
  for (let row = 0; row < offsets.length; row++) places[row] = offset += offsets[row] ?? 0;
  return places;
}
