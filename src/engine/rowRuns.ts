import { correctness, type CorrectRule } from '../core/correctRule';
import { flagMask, lengthShift, rolloutFlag, type RawColumns, type StepRange } from '../logs/rolloutTable';

/** Rows are looked at by so many at once, of which there are at most as many runs. */
export const chunkRows = 4096;

/** What rollouts come to together, one column for each sum: of one kind, so that one loop adds up any of them. */
export interface Sums {
  readonly n: Float64Array;
  readonly rewardSum: Float64Array;
  readonly rewarded: Float64Array;
  readonly correct: Float64Array;
  readonly scored: Float64Array;
}

/** The names of the sums. */
export const sumNames = ['n', 'rewardSum', 'rewarded', 'correct', 'scored'] as const;

/** Columns of so many zeros. */
export function newSums(length: number): Sums {
  const [n, rewardSum, rewarded, correct, scored] = [new Float64Array(length), new Float64Array(length), new Float64Array(length), new Float64Array(length), new Float64Array(length)];
  return { n, rewardSum, rewarded, correct, scored };
}

/**
 * Sums up the rollouts of one prompt that follow each other, as those of a group mostly do. All rows of a log go through
 * here, mostly in a process that has just started: its loops call nothing that is not small, so that they are soon fast.
 */
export class RowRuns {
  /** How many runs there are of the rows that were taken last. */
  count = 0;
  /** Of all rows that were taken. */
  rollouts = 0;
  lengthSum = 0;
  lengthCount = 0;
  readonly prompts = new Int32Array(chunkRows);
  readonly sums = newSums(chunkRows);
  /** By row, the place of its outcome in the columns of outcomes. */
  private readonly places = new Int32Array(chunkRows);

  /** Begins to count anew. */
  clear(): void {
    [this.rollouts, this.lengthSum, this.lengthCount] = [0, 0, 0];
  }

  /** Takes at most `chunkRows` rows, in the place of the runs before. Those that are 1 in `superseded` do not count. */
  take(columns: RawColumns, range: Omit<StepRange, 'step'>, outcomes: Outcomes, superseded: Uint8Array | null): void {
    const rows = range.end - range.start;
    const lengths = columns.lengthsAndFlags.subarray(range.start, range.end);
    const codes = outcomes.isByCode ? (columns.rewards.codes?.subarray(range.start, range.end) ?? null) : null;
    if (codes === null) for (let row = 0; row < rows; row++) this.places[row] = row;
    else placesOfCodes(this.places, codes, lengths);
    if (superseded !== null) this.leaveOut(superseded, rows, outcomes.none);
    this.addLengths(lengths, superseded);
    this.sumUp(columns.prompts.subarray(range.start, range.end), outcomes.sums);
  }

  private leaveOut(superseded: Uint8Array, rows: number, none: number): void {
    for (let row = 0; row < rows; row++) if (superseded[row] === 1) this.places[row] = none;
  }

  private addLengths(lengths: Uint32Array, superseded: Uint8Array | null): void {
    let [sum, count] = [0, 0];
    for (let row = 0; row < lengths.length; row++) {
      const length = (lengths[row] ?? 0) >>> lengthShift;
      if (length === 0 || (superseded !== null && superseded[row] === 1)) continue;
      sum += length - 1;
      count++;
    }
    this.lengthSum += sum;
    this.lengthCount += count;
  }

  private sumUp(prompts: Int32Array, outcomes: Sums): void {
    this.count = 0;
    for (let from = 0; from < prompts.length; ) {
      const prompt = prompts[from] ?? 0;
      let to = from + 1;
      while (to < prompts.length && prompts[to] === prompt) to++;
      const rollouts = this.sumRun(from, to, outcomes);
      // A run of rows that do not count is written over by the next.
      if (rollouts > 0) this.prompts[this.count++] = prompt;
      this.rollouts += rollouts;
      from = to;
    }
  }

  /** Sums up the next run; returns how many of its rows count. */
  private sumRun(from: number, to: number, outcomes: Sums): number {
    const { places, sums, count } = this;
    let [n, rewardSum, rewarded, correct, scored] = [0, 0, 0, 0, 0];
    for (let row = from; row < to; row++) {
      const place = places[row] ?? 0;
      n += outcomes.n[place] ?? 0;
      rewardSum += outcomes.rewardSum[place] ?? 0;
      rewarded += outcomes.rewarded[place] ?? 0;
      correct += outcomes.correct[place] ?? 0;
      scored += outcomes.scored[place] ?? 0;
    }
    sums.n[count] = n;
    sums.rewardSum[count] = rewardSum;
    sums.rewarded[count] = rewarded;
    sums.correct[count] = correct;
    sums.scored[count] = scored;
    return n;
  }
}

function placesOfCodes(places: Int32Array, codes: Uint8Array, lengthsAndFlags: Uint32Array): void {
  for (let row = 0; row < codes.length; row++) places[row] = ((codes[row] ?? 0) << lengthShift) | ((lengthsAndFlags[row] ?? 0) & flagMask);
}

/** What one rollout comes to by its outcome; the last outcome is that of rows that do not count. */
export class Outcomes {
  private constructor(
    readonly sums: Sums,
    /** Whether outcomes go by the code of the reward and the flags, or by row. */
    readonly isByCode: boolean,
  ) {}

  /** The place of the outcome that comes to nothing. */
  get none(): number {
    return this.sums.n.length - 1;
  }

  /** By the code of a reward, and the flags. */
  static ofCodes(values: Float64Array, rule: CorrectRule): Outcomes {
    const sums = newSums((values.length << lengthShift) + 1);
    for (let place = 0; place + 1 < sums.n.length; place++) setOutcome(sums, place, values[place >> lengthShift] ?? Number.NaN, verdictOf(rule, values[place >> lengthShift] ?? Number.NaN, place & flagMask));
    return new Outcomes(sums, true);
  }

  /** By row, where there are too many different rewards for codes. */
  static ofRows({ rewards, lengthsAndFlags }: RawColumns, { start, end }: Omit<StepRange, 'step'>, rule: CorrectRule): Outcomes {
    const sums = newSums(end - start + 1);
    for (let row = start; row < end; row++) {
      const reward = rewards.values[row] ?? Number.NaN;
      setOutcome(sums, row - start, reward, verdictOf(rule, reward, (lengthsAndFlags[row] ?? 0) & flagMask));
    }
    return new Outcomes(sums, false);
  }
}

function setOutcome(sums: Sums, place: number, reward: number, verdict: number): void {
  sums.n[place] = 1;
  if (!Number.isNaN(reward)) [sums.rewardSum[place], sums.rewarded[place]] = [reward, 1];
  if (!Number.isNaN(verdict)) [sums.correct[place], sums.scored[place]] = [verdict, 1];
}

/** How correct a rollout is; NaN where that cannot be said. */
function verdictOf(rule: CorrectRule, reward: number, flags: number): number {
  if ((flags & rolloutFlag.unscored) !== 0) return Number.NaN;
  const said = (flags & rolloutFlag.explicit) === 0 ? null : (flags & rolloutFlag.correct) !== 0;
  return correctness(rule, Number.isNaN(reward) ? null : reward, said) ?? Number.NaN;
}
