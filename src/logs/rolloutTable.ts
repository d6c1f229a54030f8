/** A run of rows of one step; `end` is exclusive. */
export interface StepRange {
  readonly step: number;
  readonly start: number;
  end: number;
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

const firstCapacity = 16;
const flagExplicit = 1;
const flagCorrect = 2;
const flagUnscored = 4;
/** Flags take the low bits of a length's column. */
const flagBits = 3;
const flagMask = (1 << flagBits) - 1;
const maxLength = 2 ** (32 - flagBits) - 2;

/** The rollouts of one log file as columns, 32 bytes each; no text. */
export class RolloutTable {
  /** In file order; steps may come back. */
  readonly ranges: StepRange[] = [];
  private count = 0;
  private prompts = new Int32Array(firstCapacity);
  private rewards = new Float64Array(firstCapacity);
  /** Length + 1 (0: unknown), and the flags in the low bits. */
  private lengthsAndFlags = new Uint32Array(firstCapacity);
  private offsets = new Float64Array(firstCapacity);
  private keys = new Float64Array(firstCapacity);

  get length(): number {
    return this.count;
  }

  /** Appends a rollout; `prompt` is its index in the run's prompt table, `offset` the byte at which its line starts. */
  push(rollout: RolloutValues, step: number, prompt: number, offset: number): void {
    const row = this.count++;
    if (row === this.prompts.length) this.grow();
    const last = this.ranges.at(-1);
    if (last?.step === step) last.end++;
    else this.ranges.push({ step, start: row, end: row + 1 });
    const explicit = rollout.explicitCorrect === null ? 0 : flagExplicit + (rollout.explicitCorrect ? flagCorrect : 0);
    this.prompts[row] = prompt;
    this.rewards[row] = rollout.reward ?? Number.NaN;
    const length = rollout.lengthChars === null ? 0 : Math.min(rollout.lengthChars, maxLength) + 1;
    this.lengthsAndFlags[row] = length * (flagMask + 1) + explicit + (rollout.scored ? 0 : flagUnscored);
    this.offsets[row] = offset;
    this.keys[row] = rollout.rolloutKey === null ? 0 : hash52(rollout.rolloutKey);
  }

  prompt(row: number): number {
    return valueAt(this.prompts, row);
  }

  reward(row: number): number | null {
    const reward = valueAt(this.rewards, row);
    return Number.isNaN(reward) ? null : reward;
  }

  explicitCorrect(row: number): boolean | null {
    const flags = valueAt(this.lengthsAndFlags, row);
    return flags & flagExplicit ? (flags & flagCorrect) !== 0 : null;
  }

  isScored(row: number): boolean {
    return (valueAt(this.lengthsAndFlags, row) & flagUnscored) === 0;
  }

  lengthChars(row: number): number | null {
    const length = valueAt(this.lengthsAndFlags, row) >>> flagBits;
    return length === 0 ? null : length - 1;
  }

  offset(row: number): number {
    return valueAt(this.offsets, row);
  }

  /** Hash of the rollout's own name within its step; 0 when it has none. */
  key(row: number): number {
    return valueAt(this.keys, row);
  }

  private grow(): void {
    const capacity = this.prompts.length * 2;
    this.prompts = grown(this.prompts, new Int32Array(capacity));
    this.rewards = grown(this.rewards, new Float64Array(capacity));
    this.lengthsAndFlags = grown(this.lengthsAndFlags, new Uint32Array(capacity));
    this.offsets = grown(this.offsets, new Float64Array(capacity));
    this.keys = grown(this.keys, new Float64Array(capacity));
  }
}

type NumberColumn = Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

function grown<Column extends NumberColumn>(column: Column, larger: Column): Column {
  larger.set(column);
  return larger;
}

function valueAt(column: NumberColumn, row: number): number {
  return column[row] ?? 0;
}

/** Two multiplicative hashes side by side, never 0, which means "no name": in 32 bits two names of a large step would meet. */
function hash52(text: string): number {
  let [low, high] = [0x811c9dc5, 0x9e3779b1];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b) ^ (high >>> 15);
  }
  return ((high >>> 0) % 0x100000) * 0x100000000 + (low >>> 0) || 1;
}
