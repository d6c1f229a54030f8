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

/** The rollouts of one log file as columns, 29 bytes each; no text. */
export class RolloutTable {
  /** In file order; steps may come back. */
  readonly ranges: StepRange[] = [];
  private count = 0;
  private prompts = new Int32Array(firstCapacity);
  private rewards = new Float64Array(firstCapacity);
  private flags = new Uint8Array(firstCapacity);
  private lengths = new Int32Array(firstCapacity);
  private offsets = new Float64Array(firstCapacity);
  private keys = new Uint32Array(firstCapacity);

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
    this.flags[row] = explicit + (rollout.scored ? 0 : flagUnscored);
    this.lengths[row] = rollout.lengthChars ?? -1;
    this.offsets[row] = offset;
    this.keys[row] = rollout.rolloutKey === null ? 0 : hash32(rollout.rolloutKey);
  }

  prompt(row: number): number {
    return valueAt(this.prompts, row);
  }

  reward(row: number): number | null {
    const reward = valueAt(this.rewards, row);
    return Number.isNaN(reward) ? null : reward;
  }

  explicitCorrect(row: number): boolean | null {
    const flags = valueAt(this.flags, row);
    return flags & flagExplicit ? (flags & flagCorrect) !== 0 : null;
  }

  isScored(row: number): boolean {
    return (valueAt(this.flags, row) & flagUnscored) === 0;
  }

  lengthChars(row: number): number | null {
    const length = valueAt(this.lengths, row);
    return length < 0 ? null : length;
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
    this.flags = grown(this.flags, new Uint8Array(capacity));
    this.lengths = grown(this.lengths, new Int32Array(capacity));
    this.offsets = grown(this.offsets, new Float64Array(capacity));
    this.keys = grown(this.keys, new Uint32Array(capacity));
  }
}

type NumberColumn = Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

function grown<Column extends NumberColumn>(column: Column, larger: Column): Column {
  larger.set(column);
  return larger;
}

function valueAt(column: NumberColumn, row: number): number {
  return column[row] ?? 0;
}

/** FNV-1a; never 0, which means "no name". */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0 || 1;
}
