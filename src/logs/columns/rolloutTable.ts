import { grown } from '../../core/column';
import { maxShortOffset, packTable, unpackTable, type PackedTable } from './packedTable';
import { RewardColumn, type PackedRewards } from './rewardColumn';
import type { RowTally } from './rowTally';

/** A run of rows of one step; `end` is exclusive. */
export interface StepRange {
  readonly step: number;
  readonly start: number;
  end: number;
  /** What was tallied of its rows, so many at once, where that is worth keeping. */
  tallies?: (RowTally | undefined)[];
}

/** What a table takes over from a row. */
export interface RolloutValues {
  /** Null when it is missing or not finite. */
  readonly reward: number | null;
  readonly explicitCorrect: boolean | null;
  readonly scored: boolean;
  readonly lengthChars: number | null;
  /** The rollout's own name within its step, of which a hash is kept. */
  readonly rolloutKey: string | null;
}

/** Places in a file; spelled with twice the bytes once one is beyond 4 GiB. */
export type OffsetColumn = Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** The columns of a table, as long as it has rows, to be kept or handed to another thread. */
export interface TableColumns {
  /** The step of each range, and the row at which it ends. */
  readonly steps: Float64Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly prompts: Int32Array<ArrayBuffer>;
  readonly rewards: PackedRewards;
  readonly lengthsAndFlags: Uint32Array<ArrayBuffer>;
  readonly offsets: OffsetColumn;
  /** Null where no rollout has a name. */
  readonly keys: Float64Array<ArrayBuffer> | null;
}

/** The columns in which loops over very many rows look, until the next row is added. */
export interface RawColumns {
  readonly prompts: Int32Array;
  readonly rewards: PackedRewards;
  /** A rollout's flags, and from `lengthShift` on its length plus one, 0 for none. */
  readonly lengthsAndFlags: Uint32Array;
}

/** Columns without rows, for all tables. */
const none = { prompts: new Int32Array(), codes: new Uint8Array(), numbers: new Uint32Array() };
const firstCapacity = 16;
/** Columns grow one after another, and by no more than this, so that growing large ones takes little room of its own. */
const growth = 1.5;
/** What the flags of a rollout say: that its row has a verdict of its own, that it is correct by that, that it is not scored. */
export const rolloutFlag = { explicit: 1, correct: 2, unscored: 4 } as const;
/** Flags take the low bits of a length's column, those of the mask. */
export const lengthShift = 3;
export const flagMask = (1 << lengthShift) - 1;
const maxLength = 2 ** (32 - lengthShift) - 2;

/** The rollouts of one log file as columns, 13 bytes each as long as there are few different rewards and the file is below 4 GiB, at most 32, and fewer while they are packed; no text. */
export class RolloutTable {
  /** In file order; steps may come back. */
  readonly ranges: StepRange[] = [];
  private count = 0;
  private prompts: Int32Array<ArrayBuffer> = none.prompts;
  private rewards = new RewardColumn();
  /** Length + 1 (0: unknown), and the flags in the low bits. */
  private lengthsAndFlags: Uint32Array<ArrayBuffer> = none.numbers;
  private offsets: OffsetColumn = none.numbers;
  private keys: Float64Array<ArrayBuffer> | null = null;
  /** Gives all columns together, until somebody looks at a row; null while they are spread. */
  private together: (() => PackedTable) | null = null;

  /** A table of packed columns, which are asked for once somebody looks at a row. */
  static ofPacked(head: Pick<PackedTable, 'steps' | 'ends' | 'values'>, packed: () => PackedTable): RolloutTable {
    const table = new RolloutTable();
    table.together = packed;
    table.rewards = new RewardColumn({ codes: none.codes, values: head.values });
    table.setRanges(head);
    return table;
  }

  /** The columns as they lie packed; null while they do not. */
  get packed(): PackedTable | null {
    return this.together?.() ?? null;
  }

  /** A table of these columns, which it takes over; it grows apart from them. */
  static of(columns: TableColumns): RolloutTable {
    const table = new RolloutTable();
    table.setColumns(columns);
    table.setRanges(columns);
    return table;
  }

  private setRanges({ steps, ends }: Pick<TableColumns, 'steps' | 'ends'>): void {
    this.count = ends.at(-1) ?? 0;
    for (let i = 0; i < steps.length; i++) this.ranges.push({ step: steps[i] ?? 0, start: i === 0 ? 0 : (ends[i - 1] ?? 0), end: ends[i] ?? 0 });
  }

  private setColumns({ prompts, rewards, lengthsAndFlags, offsets, keys }: TableColumns): void {
    this.prompts = prompts;
    this.rewards = new RewardColumn(rewards);
    this.lengthsAndFlags = lengthsAndFlags;
    this.offsets = offsets;
    this.keys = keys;
  }

  /** Packs the columns, where that makes them smaller, until somebody looks at a row again. */
  pack(): void {
    const packed = this.together !== null || this.count === 0 ? null : packTable(this.columns);
    if (packed === null) return;
    this.together = () => packed;
    this.setColumns({ ...packed, prompts: none.prompts, rewards: { codes: none.codes, values: packed.values }, lengthsAndFlags: none.numbers, offsets: none.numbers, keys: null });
  }

  /** Has the columns at hand, before anybody looks at them. */
  private spread(): void {
    if (this.together === null) return;
    this.setColumns(unpackTable(this.together()));
    this.together = null;
  }

  /** The columns up to the last row. Rows that are added later do not change them. */
  get columns(): TableColumns {
    this.spread();
    return {
      steps: Float64Array.from(this.ranges, ({ step }) => step),
      ends: Uint32Array.from(this.ranges, ({ end }) => end),
      prompts: this.prompts.subarray(0, this.count),
      rewards: this.rewards.packed(this.count),
      lengthsAndFlags: this.lengthsAndFlags.subarray(0, this.count),
      offsets: this.offsets.subarray(0, this.count),
      keys: this.keys?.subarray(0, this.count) ?? null,
    };
  }

  get raw(): RawColumns {
    this.spread();
    return { prompts: this.prompts, rewards: this.rewards.raw, lengthsAndFlags: this.lengthsAndFlags };
  }

  /** The different rewards, as long as rows have codes of them. */
  get rewardValues(): Float64Array {
    return this.rewards.raw.values;
  }

  get length(): number {
    return this.count;
  }

  /** Appends a rollout; `prompt` is its index in the run's prompt table, `offset` the byte at which its line starts. */
  push(rollout: RolloutValues, step: number, prompt: number, offset: number): void {
    const row = this.count++;
    if (row >= this.prompts.length) this.grow(row + 1);
    this.extend(step, row, row + 1);
    this.prompts[row] = prompt;
    this.rewards.set(row, rollout.reward ?? Number.NaN);
    this.lengthsAndFlags[row] = lengthAndFlags(rollout);
    this.setOffset(row, offset);
    if (rollout.rolloutKey !== null) this.setKey(row, hashOfName(rollout.rolloutKey));
  }

  /** Appends the rollouts of another table; `promptOf` says which prompts here are those of that table. */
  append({ steps, ends, prompts, ...values }: TableColumns, promptOf: Int32Array): void {
    const [first, rows] = [this.count, prompts.length];
    if (first + rows > this.prompts.length) this.grow(first + rows);
    steps.forEach((step, i) => this.extend(step, first + (i === 0 ? 0 : (ends[i - 1] ?? 0)), first + (ends[i] ?? 0)));
    for (let row = 0; row < rows; row++) this.prompts[first + row] = promptOf[prompts[row] ?? 0] ?? 0;
    this.setValues(first, values);
    this.count += rows;
  }

  /** Appends the rows of another table of the same run from `start` up to `end`, as rows of one step. */
  appendRows(from: RolloutTable, start: number, end: number, step: number): void {
    from.spread();
    const [first, rows] = [this.count, end - start];
    if (first + rows > this.prompts.length) this.grow(first + rows);
    this.extend(step, first, first + rows);
    this.prompts.set(from.prompts.subarray(start, end), first);
    const [lengthsAndFlags, offsets] = [from.lengthsAndFlags.subarray(start, end), from.offsets.subarray(start, end)];
    this.setValues(first, { rewards: from.rewards.packed(end, start), lengthsAndFlags, offsets, keys: from.keys?.subarray(start, end) ?? null });
    this.count += rows;
  }

  /** Gives room back that was made for further rows. */
  trim(): void {
    if (this.prompts.length > this.count * 1.1) this.resize(this.count);
  }

  private extend(step: number, start: number, end: number): void {
    const last = this.ranges[this.ranges.length - 1];
    if (last?.step === step) last.end = end;
    else this.ranges.push({ step, start, end });
  }

  private setOffset(row: number, offset: number): void {
    if (offset > maxShortOffset && this.offsets instanceof Uint32Array) this.offsets = Float64Array.from(this.offsets);
    this.offsets[row] = offset;
  }

  /** Sets all but the prompts of rows from `first` on. */
  private setValues(first: number, { rewards, lengthsAndFlags, offsets, keys }: Omit<TableColumns, 'steps' | 'ends' | 'prompts'>): void {
    this.rewards.append(first, rewards);
    this.lengthsAndFlags.set(lengthsAndFlags, first);
    if (offsets instanceof Float64Array && this.offsets instanceof Uint32Array) this.offsets = Float64Array.from(this.offsets);
    this.offsets.set(offsets, first);
    keys?.forEach((key, row) => this.setKey(first + row, key));
  }

  private setKey(row: number, key: number): void {
    this.keys ??= new Float64Array(this.prompts.length);
    this.keys[row] = key;
  }

  prompt(row: number): number {
    this.spread();
    return valueAt(this.prompts, row);
  }

  reward(row: number): number | null {
    this.spread();
    const reward = this.rewards.at(row);
    return Number.isNaN(reward) ? null : reward;
  }

  explicitCorrect(row: number): boolean | null {
    this.spread();
    const flags = valueAt(this.lengthsAndFlags, row);
    return flags & rolloutFlag.explicit ? (flags & rolloutFlag.correct) !== 0 : null;
  }

  isScored(row: number): boolean {
    this.spread();
    return (valueAt(this.lengthsAndFlags, row) & rolloutFlag.unscored) === 0;
  }

  lengthChars(row: number): number | null {
    this.spread();
    const length = valueAt(this.lengthsAndFlags, row) >>> lengthShift;
    return length === 0 ? null : length - 1;
  }

  offset(row: number): number {
    this.spread();
    return valueAt(this.offsets, row);
  }

  /** Whether any rollout has a name. */
  get hasKeys(): boolean {
    return this.keys !== null;
  }

  /** Hash of the rollout's own name within its step; 0 when it has none. */
  key(row: number): number {
    return this.keys === null ? 0 : valueAt(this.keys, row);
  }

  private grow(atLeast: number): void {
    this.spread();
    this.resize(Math.max(firstCapacity, atLeast, Math.ceil(this.prompts.length * growth)));
  }

  private resize(capacity: number): void {
    const { count } = this;
    this.prompts = grown(this.prompts.subarray(0, count), new Int32Array(capacity));
    this.rewards.resize(count, capacity);
    this.lengthsAndFlags = grown(this.lengthsAndFlags.subarray(0, count), new Uint32Array(capacity));
    this.offsets = this.offsets instanceof Uint32Array ? grown(this.offsets.subarray(0, count), new Uint32Array(capacity)) : grown(this.offsets.subarray(0, count), new Float64Array(capacity));
    if (this.keys !== null) this.keys = grown(this.keys.subarray(0, count), new Float64Array(capacity));
  }
}

function lengthAndFlags({ lengthChars, explicitCorrect, scored }: RolloutValues): number {
  const length = lengthChars === null ? 0 : Math.min(lengthChars, maxLength) + 1;
  const explicit = explicitCorrect === null ? 0 : rolloutFlag.explicit + (explicitCorrect ? rolloutFlag.correct : 0);
  return length * (flagMask + 1) + explicit + (scored ? 0 : rolloutFlag.unscored);
}

type NumberColumn = Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

function valueAt(column: NumberColumn, row: number): number {
  return column[row] ?? 0;
}

/** What `key` gives for a rollout of this name: two multiplicative hashes side by side, since in 32 bits two names of a large step would meet; never 0, which means "no name". */
export function hashOfName(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x9e3779b1;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b) ^ (high >>> 15);
  }
  return ((high >>> 0) % 0x100000) * 0x100000000 + (low >>> 0) || 1;
}
