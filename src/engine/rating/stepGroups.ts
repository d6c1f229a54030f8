import type { StepVisits } from '../../core/cdas';
import type { PackedColumns } from './packedColumns';

/** The rollouts of one problem in one step. */
export interface Group {
  readonly problem: number;
  /** Rollouts logged, and those that are scored under the rule. */
  readonly n: number;
  readonly scored: number;
  /** A sum of fractions under a soft rule. */
  readonly correct: number;
  readonly rewardSum: number;
  readonly rewarded: number;
}

/** Groups as columns of one length: a group's values are those of `Group`. */
export interface GroupColumns extends StepVisits {
  readonly n: Int32Array;
  readonly rewardSum: Float64Array;
  readonly rewarded: Int32Array;
}

/** What a step counts besides its groups. */
export interface StepCounts {
  readonly rollouts: number;
  /** Rollouts that a later row of the same name stands for. */
  readonly superseded: number;
  /** Rollouts that a later launch ran again, or that were written again. */
  readonly replaced: number;
  readonly lengthSum: number;
  readonly lengthCount: number;
}

/** One step of a run, grouped by problem in order of first appearance: columns of groups, and what they come to together. */
export class StepGroups implements StepCounts {
  readonly rollouts: number;
  readonly superseded: number;
  readonly replaced: number;
  readonly lengthSum: number;
  readonly lengthCount: number;
  /** Scored rollouts, and how many of them are correct. */
  readonly scored: number;
  readonly correct: number;
  /** Groups with a scored rollout, and those of them in which all are correct, or none. */
  readonly scoredGroups: number;
  readonly allPass: number;
  readonly allFail: number;
  /** Groups of two or more scored rollouts, and those of them with one outcome only. */
  readonly comparable: number;
  readonly uniform: number;

  constructor(
    readonly step: number,
    private readonly packed: PackedColumns,
    counts: StepCounts,
  ) {
    ({ rollouts: this.rollouts, superseded: this.superseded, replaced: this.replaced, lengthSum: this.lengthSum, lengthCount: this.lengthCount } = counts);
    const { scored, correct } = this.columns;
    ({ scored: this.scored, correct: this.correct, scoredGroups: this.scoredGroups, allPass: this.allPass, allFail: this.allFail, comparable: this.comparable, uniform: this.uniform } = sumsOf(scored, correct));
  }

  /** How many groups there are. */
  get length(): number {
    return this.packed.length;
  }

  /** The columns, made for the asker. */
  get columns(): GroupColumns {
    return this.packed.unpack();
  }

  /** All groups, made for the asker. */
  get groups(): readonly Group[] {
    return this.groupsBetween(0, this.length);
  }

  /** The groups from a place on that come before another. */
  groupsBetween(from: number, to: number): readonly Group[] {
    const { problem, n, scored, correct, rewardSum, rewarded } = this.columns;
    return Array.from(problem.subarray(from, to), (own, i) => ({
      problem: own,
      n: n[from + i] ?? 0,
      scored: scored[from + i] ?? 0,
      correct: correct[from + i] ?? 0,
      rewardSum: rewardSum[from + i] ?? 0,
      rewarded: rewarded[from + i] ?? 0,
    }));
  }

  hasProblem(problem: number): boolean {
    return this.columns.problem.includes(problem);
  }
}

type GroupSums = Pick<StepGroups, 'scored' | 'correct' | 'scoredGroups' | 'allPass' | 'allFail' | 'comparable' | 'uniform'>;

function sumsOf(scoredOf: Int32Array, correctOf: Float64Array): GroupSums {
  let [scored, correct, scoredGroups, allPass, allFail, comparable, uniform] = [0, 0, 0, 0, 0, 0, 0];
  for (let place = 0; place < scoredOf.length; place++) {
    const rollouts = scoredOf[place] ?? 0;
    const passed = correctOf[place] ?? 0;
    if (rollouts === 0) continue;
    const pass = Number(passed === rollouts);
    const fail = Number(passed === 0);
    scored += rollouts;
    correct += passed;
    scoredGroups++;
    allPass += pass;
    allFail += fail;
    if (rollouts < 2) continue;
    comparable++;
    uniform += pass + fail;
  }
  return { scored, correct, scoredGroups, allPass, allFail, comparable, uniform };
}
