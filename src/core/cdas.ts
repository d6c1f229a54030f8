import { Column } from './column';

/** The two ways to run the CDAS update: the paper's equations, or the authors' published code. */
export type CdasMode = 'paper' | 'official-compat';

/** The pass rate of one problem in one step: correct / scored rollouts, in [0, 1]. */
export interface ProblemPassRate {
  readonly problem: number;
  readonly passRate: number;
}

/**
 * The visits of one step as columns of one length: all scored rollouts of one problem in it are one visit. `correct` is
 * fractional where correctness is soft.
 */
export interface StepVisits {
  readonly problem: Int32Array;
  readonly correct: Float64Array;
  readonly scored: Int32Array;
}

/** What all problems hold, by index; 1 where a problem is counted. Valid until the next problem is added. */
export interface ProblemColumns {
  readonly difficulties: Float64Array;
  readonly visits: Int32Array;
  readonly counted: Uint8Array;
}

/** What one problem holds: enough to put it back exactly. */
export interface ProblemState {
  readonly difficulty: number;
  readonly visits: number;
  readonly counted: boolean;
}

/** The logistic function. */
function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** The expected pass rate of a problem of this difficulty at this competence (arXiv 2505.17652, eq. 5). */
export function expectedPassRate(competence: number, difficulty: number): number {
  return sigmoid(competence - difficulty);
}

/** The pass rate that an unchanging difficulty implies at its fixed point: sigma(C - D) - D (eq. 10). */
export function impliedPassRate(competence: number, difficulty: number): number {
  return expectedPassRate(competence, difficulty) - difficulty;
}

/**
 * Difficulty per problem and the competence of the model (arXiv 2505.17652 v3, eqs. 5-9). Problems are dense indices
 * in the order they were added. Competence is minus the mean difficulty over the counted problems, 0 when there are none;
 * the sum is kept incrementally, so a step costs O(visited problems).
 */
export class CdasState {
  private readonly difficulties = new Column(Float64Array);
  private readonly visitCounts = new Column(Int32Array);
  private readonly countedFlags = new Column(Uint8Array);
  private sum = 0;
  private counted = 0;

  constructor(readonly mode: CdasMode) {}

  get problemCount(): number {
    return this.difficulties.length;
  }

  /** How many problems the mean behind competence runs over. */
  get countedProblems(): number {
    return this.counted;
  }

  get competence(): number {
    return this.counted === 0 ? 0 : 0 - this.sum / this.counted;
  }

  /** Adds so many problems of difficulty 0 without visits. */
  addProblems(count: number, counted: boolean): void {
    this.difficulties.extend(count, 0);
    this.visitCounts.extend(count, 0);
    this.countedFlags.extend(count, Number(counted));
    if (counted) this.counted += count;
  }

  difficulty(problem: number): number {
    return this.difficulties.at(problem);
  }

  visits(problem: number): number {
    return this.visitCounts.at(problem);
  }

  isCounted(problem: number): boolean {
    return this.countedFlags.at(problem) === 1;
  }

  /** All difficulties, in index order; valid until the next problem is added. */
  difficultyColumn(): Float64Array {
    return this.difficulties.view();
  }

  /** Takes a problem into the mean behind competence, or out of it. */
  setCounted(problem: number, counted: boolean): void {
    if (this.isCounted(problem) === counted) return;
    this.countedFlags.set(problem, Number(counted));
    this.counted += counted ? 1 : -1;
    this.sum += counted ? this.difficulty(problem) : -this.difficulty(problem);
  }

  /** Forgets a problem's visits: its difficulty starts afresh. */
  restart(problem: number): void {
    this.setDifficulty(problem, 0);
    this.visitCounts.set(problem, 0);
  }

  /** What all problems hold, to be looked at in loops over very many of them. */
  get columns(): ProblemColumns {
    return { difficulties: this.difficulties.view(), visits: this.visitCounts.view(), counted: this.countedFlags.view() };
  }

  /** Rates one step from its pass rates; see `rateVisits`. */
  rateStep(passRates: readonly ProblemPassRate[]): void {
    this.rateVisits({
      problem: Int32Array.from(passRates, ({ problem }) => problem),
      correct: Float64Array.from(passRates, ({ passRate }) => passRate),
      scored: new Int32Array(passRates.length).fill(1),
    });
  }

  /**
   * Rates one step; visits without a scored rollout change nothing. Every expectation is taken with the competence and
   * difficulties from before the step.
   */
  rateVisits({ problem: problems, correct, scored }: StepVisits): void {
    // One loop that calls nothing else: it runs over millions of visits, often in a process that has just started.
    const { difficulties, visits, counted } = this.columns;
    const { competence } = this;
    const extra = this.mode === 'paper' ? 0 : 1;
    let { sum } = this;
    for (let place = 0; place < problems.length; place++) {
      const rollouts = scored[place] ?? 0;
      if (rollouts === 0) continue;
      const problem = problems[place] ?? 0;
      const before = difficulties[problem] ?? 0;
      const visit = (visits[problem] ?? 0) + 1;
      const weight = 1 / (visit + extra);
      const surprise = expectedPassRate(competence, before) - (correct[place] ?? 0) / rollouts;
      const after = (1 - weight) * before + weight * surprise;
      if (counted[problem] === 1) sum += after - before;
      visits[problem] = visit;
      difficulties[problem] = after;
    }
    this.sum = sum;
  }

  /** Puts a problem back to what it held. */
  restore(problem: number, state: ProblemState): void {
    this.setCounted(problem, state.counted);
    this.setDifficulty(problem, state.difficulty);
    this.visitCounts.set(problem, state.visits);
  }

  /** The incremental sum behind the mean, to be kept per step and given back on a rewind so that a replay is exact. */
  get difficultySum(): number {
    return this.sum;
  }

  set difficultySum(sum: number) {
    this.sum = sum;
  }

  private setDifficulty(problem: number, difficulty: number): void {
    if (this.isCounted(problem)) this.sum += difficulty - this.difficulty(problem);
    this.difficulties.set(problem, difficulty);
  }
}
