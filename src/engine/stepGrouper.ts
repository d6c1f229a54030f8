import { grown } from '../core/column';
import { correctness, type CorrectRule } from '../core/correctRule';
import type { PackedRewards } from '../logs/rewardColumn';
import { flagMask, lengthShift, rolloutFlag, type RawColumns, type StepRange } from '../logs/rolloutTable';
import { ColumnPool } from './columnPool';
import { PackedColumns } from './packedColumns';
import { StepGroups, type GroupColumns } from './stepGroups';
import type { StepRows } from './stepRows';

/** How the rollouts of a run are judged, and whose they are. */
export interface Grouping {
  readonly rule: CorrectRule;
  /** The problem of a prompt, by dense index. */
  readonly problemOf: (prompt: number) => number;
}

/** The rows of a step. */
export interface RowsToGroup {
  readonly rows: readonly StepRows[];
  /** 1 for each of them that does not count, through all parts; null when all do. */
  readonly superseded: Uint8Array | null;
  /** How many other rows they stand for. */
  readonly replaced: number;
}

/** Groups the rollouts of one step after another by problem, in columns that are used again for the next step. */
export class StepGrouper {
  /** By problem, where its group is among those of the step at hand, plus one; 0 for none. */
  private places = new Int32Array(1024);
  private columns = newColumns(1024);
  private readonly pool = new ColumnPool();
  private count = 0;
  private lengthSum = 0;
  private lengthCount = 0;

  /** Groups a step. */
  group(step: number, { rows, superseded, replaced }: RowsToGroup, grouping: Grouping): StepGroups {
    [this.count, this.lengthSum, this.lengthCount] = [0, 0, 0];
    let [total, rollouts] = [0, 0];
    for (const { file, range } of rows) {
      rollouts += this.addRows(file.table.raw, range, superseded?.subarray(total) ?? null, grouping);
      total += range.end - range.start;
    }
    const { lengthSum, lengthCount } = this;
    return new StepGroups(step, this.take(), { rollouts, superseded: total - rollouts, replaced, lengthSum, lengthCount });
  }

  /** Adds the rows of one file; returns how many of them count. */
  private addRows({ prompts, rewards, lengthsAndFlags }: RawColumns, { start, end }: StepRange, superseded: Uint8Array | null, { rule, problemOf }: Grouping): number {
    const judge = new Judge(rule, rewards, lengthsAndFlags);
    let rollouts = 0;
    for (let from = start; from < end; ) {
      const prompt = prompts[from] ?? 0;
      // The rollouts of a group mostly follow each other.
      let to = from + 1;
      while (to < end && prompts[to] === prompt) to++;
      const run = judge.judge(from, to, superseded?.subarray(from - start, to - start) ?? null);
      if (run.n > 0) this.add(this.placeOf(problemOf(prompt)), run);
      rollouts += run.n;
      from = to;
    }
    return rollouts;
  }

  private placeOf(problem: number): number {
    if (problem >= this.places.length) this.places = grown(this.places, new Int32Array(2 * problem));
    const known = this.places[problem] ?? 0;
    if (known > 0) return known - 1;
    if (this.count === this.columns.problem.length) this.growColumns();
    const place = this.count++;
    this.places[problem] = place + 1;
    this.columns.problem[place] = problem;
    return place;
  }

  /** Adds rollouts of one group. */
  private add(place: number, run: Run): void {
    const { n, rewardSum, rewarded, correct, scored } = this.columns;
    n[place] = (n[place] ?? 0) + run.n;
    rewardSum[place] = (rewardSum[place] ?? 0) + run.rewardSum;
    rewarded[place] = (rewarded[place] ?? 0) + run.rewarded;
    correct[place] = (correct[place] ?? 0) + run.correct;
    scored[place] = (scored[place] ?? 0) + run.scored;
    this.lengthSum += run.lengthSum;
    this.lengthCount += run.lengthCount;
  }

  /** The step's columns, cut to its groups; everything is cleared for the next step. */
  private take(): PackedColumns {
    const { columns, count } = this;
    for (let place = 0; place < count; place++) this.places[columns.problem[place] ?? 0] = 0;
    const taken = PackedColumns.of(columns, count, this.pool);
    for (const column of [columns.problem, columns.n, columns.scored, columns.correct, columns.rewardSum, columns.rewarded]) column.fill(0, 0, count);
    return taken;
  }

  private growColumns(): void {
    const { problem, n, scored, correct, rewardSum, rewarded } = this.columns;
    const larger = newColumns(2 * problem.length);
    this.columns = {
      problem: grown(problem, larger.problem),
      n: grown(n, larger.n),
      scored: grown(scored, larger.scored),
      correct: grown(correct, larger.correct),
      rewardSum: grown(rewardSum, larger.rewardSum),
      rewarded: grown(rewarded, larger.rewarded),
    };
  }
}

/** What some rollouts come to together. */
interface Run {
  n: number;
  rewardSum: number;
  rewarded: number;
  correct: number;
  scored: number;
  lengthSum: number;
  lengthCount: number;
}

/** Judges the rollouts of a table. What cannot be said is NaN. */
class Judge {
  /** How correct rollouts are, by the code of their reward and their flags; empty where rewards have no codes. */
  private readonly verdicts: Float64Array;

  constructor(
    private readonly rule: CorrectRule,
    private readonly rewards: PackedRewards,
    private readonly lengthsAndFlags: Uint32Array,
  ) {
    const { codes, values } = rewards;
    this.verdicts = new Float64Array(codes === null ? 0 : values.length << lengthShift);
    for (let outcome = 0; outcome < this.verdicts.length; outcome++) {
      this.verdicts[outcome] = this.verdictOf(values[outcome >> lengthShift] ?? NaN, outcome & flagMask);
    }
  }

  /** Judges the rollouts from one row to another; those that are 1 in `superseded` do not count. */
  judge(from: number, to: number, superseded: Uint8Array | null): Run {
    const { lengthsAndFlags } = this;
    const run: Run = { n: 0, rewardSum: 0, rewarded: 0, correct: 0, scored: 0, lengthSum: 0, lengthCount: 0 };
    for (let row = from; row < to; row++) {
      if (superseded?.[row - from] === 1) continue;
      run.n++;
      const packed = lengthsAndFlags[row] ?? 0;
      const reward = this.reward(row);
      if (!Number.isNaN(reward)) {
        run.rewardSum += reward;
        run.rewarded++;
      }
      const correctness = this.correctness(row, packed & flagMask);
      if (!Number.isNaN(correctness)) {
        run.correct += correctness;
        run.scored++;
      }
      if (packed > flagMask) {
        run.lengthSum += (packed >>> lengthShift) - 1;
        run.lengthCount++;
      }
    }
    return run;
  }

  private reward(row: number): number {
    const { codes, values } = this.rewards;
    return values[codes === null ? row : (codes[row] ?? 0)] ?? NaN;
  }

  private correctness(row: number, flags: number): number {
    const { codes } = this.rewards;
    if (codes === null) return this.verdictOf(this.reward(row), flags);
    return this.verdicts[((codes[row] ?? 0) << lengthShift) | flags] ?? NaN;
  }

  private verdictOf(reward: number, flags: number): number {
    if ((flags & rolloutFlag.unscored) !== 0) return NaN;
    const said = (flags & rolloutFlag.explicit) === 0 ? null : (flags & rolloutFlag.correct) !== 0;
    return correctness(this.rule, Number.isNaN(reward) ? null : reward, said) ?? NaN;
  }
}

function newColumns(capacity: number): GroupColumns {
  return {
    problem: new Int32Array(capacity),
    n: new Int32Array(capacity),
    scored: new Int32Array(capacity),
    correct: new Float64Array(capacity),
    rewardSum: new Float64Array(capacity),
    rewarded: new Int32Array(capacity),
  };
}
