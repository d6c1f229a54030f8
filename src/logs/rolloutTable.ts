import { Column } from '../core/column';

/** A run of rows of one step; `end` is exclusive. */
export interface StepRange {
  readonly step: number;
  readonly start: number;
  end: number;
}

/** What is kept of one rollout. */
export interface RolloutRecord {
  readonly step: number;
  /** Index in the run's prompt table. */
  readonly prompt: number;
  /** Null when it is missing or not finite. */
  readonly reward: number | null;
  readonly explicitCorrect: boolean | null;
  readonly scored: boolean;
  readonly lengthChars: number | null;
  /** The byte at which its line starts. */
  readonly offset: number;
  /** Hash of the rollout's own name within its step; 0 when it has none. */
  readonly key: number;
}

const flagExplicit = 1;
const flagCorrect = 2;
const flagUnscored = 4;

/** The rollouts of one log file as columns, 29 bytes each; no text. */
export class RolloutTable {
  /** In file order; steps may come back. */
  readonly ranges: StepRange[] = [];
  private readonly prompts = new Column(Int32Array);
  private readonly rewards = new Column(Float64Array);
  private readonly flags = new Column(Uint8Array);
  private readonly lengths = new Column(Int32Array);
  private readonly offsets = new Column(Float64Array);
  private readonly keys = new Column(Uint32Array);

  get length(): number {
    return this.prompts.length;
  }

  push(record: RolloutRecord): void {
    const last = this.ranges.at(-1);
    if (last?.step === record.step) last.end++;
    else this.ranges.push({ step: record.step, start: this.length, end: this.length + 1 });
    const explicit = record.explicitCorrect === null ? 0 : flagExplicit + (record.explicitCorrect ? flagCorrect : 0);
    this.prompts.push(record.prompt);
    this.rewards.push(record.reward ?? Number.NaN);
    this.flags.push(explicit + (record.scored ? 0 : flagUnscored));
    this.lengths.push(record.lengthChars ?? -1);
    this.offsets.push(record.offset);
    this.keys.push(record.key);
  }

  prompt(row: number): number {
    return this.prompts.at(row);
  }

  reward(row: number): number | null {
    const reward = this.rewards.at(row);
    return Number.isNaN(reward) ? null : reward;
  }

  explicitCorrect(row: number): boolean | null {
    const flags = this.flags.at(row);
    return flags & flagExplicit ? (flags & flagCorrect) !== 0 : null;
  }

  isScored(row: number): boolean {
    return (this.flags.at(row) & flagUnscored) === 0;
  }

  lengthChars(row: number): number | null {
    const length = this.lengths.at(row);
    return length < 0 ? null : length;
  }

  offset(row: number): number {
    return this.offsets.at(row);
  }

  key(row: number): number {
    return this.keys.at(row);
  }
}
