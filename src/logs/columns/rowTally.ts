import { flagMask, lengthShift, type RawColumns, type RolloutTable, type StepRange } from './rolloutTable';

/** What the rows of a range come to, so many of them at once, under any rule: a log's rows need not be looked at again to judge and to group them. */
export interface RowTally {
  /** Of how many rows. */
  readonly rows: number;
  /** For each entry the prompt of some rollouts that follow each other and have one outcome. */
  readonly prompts: Int32Array<ArrayBuffer>;
  /** For each entry the outcome, and in the low `countBits` how many rollouts there are. An outcome is the place of the reward in `rewards`, and in the low `lengthShift` bits the flags. */
  readonly outcomes: Uint32Array<ArrayBuffer>;
  /** NaN where rollouts have none. */
  readonly rewards: Float64Array;
  /** Of how many rollouts the length is known, and the sum of these. */
  readonly lengthCount: number;
  readonly lengthSum: number;
}

export const countBits = 16;
/** So many rows are tallied at once. */
export const tallyRows = 4096;
/** Tallies of fewer rows, or with more entries by row, are made again each time. */
const minKeptRows = 1024;
const maxKeptShare = 1 / 4;

const scratch = {
  outcomes: new Int32Array(tallyRows),
  entryOf: new Int32Array(tallyRows << lengthShift),
  prompts: new Int32Array(tallyRows),
  entryOutcomes: new Int32Array(tallyRows),
  counts: new Int32Array(tallyRows),
};

/** The tallies of a range's rows, in order. Those that are 1 in `superseded` do not count. */
export function talliesOf(table: RolloutTable, range: StepRange, superseded: Uint8Array | null): Iterable<RowTally> {
  return superseded === null && isTalliedRange(range) ? range.tallies : makeTallies(table, range, superseded);
}

function* makeTallies(table: RolloutTable, range: StepRange, superseded: Uint8Array | null): Generator<RowTally, void> {
  for (let start = range.start; start < range.end; start += tallyRows) {
    const rows = Math.min(tallyRows, range.end - start);
    if (superseded !== null) yield tally(table.raw, { start, rows }, superseded.subarray(start - range.start));
    else yield keptTally(table, range, { start, rows });
  }
}

/** Rows are never changed, only added: a tally is right as long as there are as many. */
function keptTally(table: RolloutTable, range: StepRange, { start, rows }: RowsOfTally): RowTally {
  const place = (start - range.start) / tallyRows;
  const known = range.tallies?.[place];
  if (known?.rows === rows) return known;
  const made = tally(table.raw, { start, rows }, null);
  if (table.raw.rewards.codes !== null && rows >= minKeptRows && made.prompts.length <= rows * maxKeptShare) (range.tallies ??= [])[place] = made;
  return made;
}

/** Whether nothing but the tallies of a table's rows is needed to group them. */
export function isTallied({ ranges }: RolloutTable): boolean {
  return ranges.every(isTalliedRange);
}

function isTalliedRange(range: StepRange): range is StepRange & { readonly tallies: RowTally[] } {
  const { start, end, tallies } = range;
  if (tallies === undefined) return false;
  let left = end - start;
  for (let place = 0; left > 0; place++, left -= tallyRows) if (tallies[place]?.rows !== Math.min(left, tallyRows)) return false;
  return true;
}

interface RowsOfTally {
  readonly start: number;
  readonly rows: number;
}

function tally({ prompts, rewards: { codes, values }, lengthsAndFlags }: RawColumns, { start, rows }: RowsOfTally, superseded: Uint8Array | null): RowTally {
  const end = start + rows;
  const lengths = lengthsAndFlags.subarray(start, end);
  const rewards = codes === null ? values.slice(start, end) : values;
  findOutcomes(codes?.subarray(start, end) ?? null, lengths);
  if (superseded !== null) leaveOut(superseded, rows);
  scratch.entryOf.fill(-1, 0, rewards.length << lengthShift);
  const entries = countOutcomes(prompts.subarray(start, end));
  return { rows, ...packEntries(entries), rewards, ...sumLengths(lengths) };
}

// All rows of a log go through these loops, often in a process that has just started: they call nothing, so that they are soon fast.

/** Finds the outcome of each row. */
function findOutcomes(codes: Uint8Array | null, lengthsAndFlags: Uint32Array): void {
  const { outcomes } = scratch;
  for (let row = 0; row < lengthsAndFlags.length; row++) {
    const code = codes === null ? row : (codes[row] ?? 0);
    outcomes[row] = (code << lengthShift) | ((lengthsAndFlags[row] ?? 0) & flagMask);
  }
}

function leaveOut(superseded: Uint8Array, rows: number): void {
  for (let row = 0; row < rows; row++) if (superseded[row] === 1) scratch.outcomes[row] = -1;
}

/** Counts the outcomes of rows with one prompt that follow each other, and so on; returns how many entries that makes. */
function countOutcomes(prompts: Int32Array): number {
  const { outcomes, entryOf, counts, entryOutcomes, prompts: entryPrompts } = scratch;
  let [count, first, last] = [0, 0, -1];
  for (let row = 0; row < prompts.length; row++) {
    const prompt = prompts[row] ?? 0;
    if (prompt !== last) first = count;
    last = prompt;
    const outcome = outcomes[row] ?? -1;
    if (outcome < 0) continue;
    let entry = entryOf[outcome] ?? -1;
    if (entry < first) {
      entry = count++;
      entryOf[outcome] = entry;
      entryPrompts[entry] = prompt;
      entryOutcomes[entry] = outcome;
      counts[entry] = 0;
    }
    counts[entry] = (counts[entry] ?? 0) + 1;
  }
  return count;
}

function packEntries(entries: number): Pick<RowTally, 'prompts' | 'outcomes'> {
  const buffer = new ArrayBuffer(8 * entries);
  const [prompts, outcomes] = [new Int32Array(buffer, 0, entries), new Uint32Array(buffer, 4 * entries, entries)];
  prompts.set(scratch.prompts.subarray(0, entries));
  for (let entry = 0; entry < entries; entry++) outcomes[entry] = ((scratch.entryOutcomes[entry] ?? 0) << countBits) | (scratch.counts[entry] ?? 0);
  return { prompts, outcomes };
}

function sumLengths(lengthsAndFlags: Uint32Array): Pick<RowTally, 'lengthCount' | 'lengthSum'> {
  const { outcomes } = scratch;
  let [lengthSum, lengthCount] = [0, 0];
  for (let row = 0; row < lengthsAndFlags.length; row++) {
    const length = (lengthsAndFlags[row] ?? 0) >>> lengthShift;
    if (length === 0 || outcomes[row] === -1) continue;
    lengthSum += length - 1;
    lengthCount++;
  }
  return { lengthCount, lengthSum };
}
