import type { CdasState, ProblemState } from './cdas';

/**
 * The visits of one step as columns of one length: all scored rollouts of one problem in it are one visit. `correct` is
 * fractional where correctness is soft.
 */
export interface StepVisits {
  readonly problem: Int32Array;
  readonly correct: Float64Array;
  readonly scored: Int32Array;
}

/** What changes for a problem from a step on: it leaves or joins the mean, or its visits start afresh. */
export interface StepEvent {
  readonly problem: number;
  readonly kind: 'exclude' | 'include' | 'restart';
}

/** What a step asks of the fold. Its columns must not change while a history holds it. */
export interface StepChanges {
  readonly step: number;
  readonly events: readonly StepEvent[];
  readonly visits: StepVisits;
}

/** What happened to a problem in a step. */
export type EntryKind = StepEvent['kind'] | 'visit';

const unrated = -2;

/**
 * What a history keeps of one step, 16 bytes for each of its events and visits: what the problem held before. The rows
 * are the events and then the visits. Rows of one problem are linked through the whole history from the newest back.
 */
export class StepEntries {
  /** The competence after the step. */
  competence = 0;
  private readonly previous: Int32Array;
  private readonly difficulties: Float64Array;
  /** The visits before, and the counted flag in the low bit. */
  private readonly packed: Int32Array;

  /** `firstRow` is how many rows all steps before have; `sumBefore` the sum of difficulties before this one. */
  constructor(
    private readonly changes: StepChanges,
    readonly firstRow: number,
    readonly sumBefore: number,
  ) {
    const rows = changes.events.length + changes.visits.problem.length;
    this.previous = new Int32Array(rows).fill(unrated);
    this.difficulties = new Float64Array(rows);
    this.packed = new Int32Array(rows);
  }

  get step(): number {
    return this.changes.step;
  }

  get rows(): number {
    return this.previous.length;
  }

  /** Keeps what a row's problem holds now. `previous` is the problem's row before this one in the whole history, -1 for none. */
  remember(row: number, problem: number, state: CdasState, previous: number): void {
    this.previous[row] = previous;
    this.difficulties[row] = state.difficulty(problem);
    this.packed[row] = (state.visits(problem) << 1) | Number(state.isCounted(problem));
  }

  /** False for a visit that changed nothing: without a scored rollout, or in warm-up. */
  isRated(row: number): boolean {
    return this.previous[row] !== unrated;
  }

  previousOf(row: number): number {
    return this.previous[row] ?? -1;
  }

  problem(row: number): number {
    const { events, visits } = this.changes;
    return events[row]?.problem ?? visits.problem[row - events.length] ?? 0;
  }

  kind(row: number): EntryKind {
    return this.changes.events[row]?.kind ?? 'visit';
  }

  correct(row: number): number {
    const { events, visits } = this.changes;
    return visits.correct[row - events.length] ?? 0;
  }

  scored(row: number): number {
    const { events, visits } = this.changes;
    return visits.scored[row - events.length] ?? 0;
  }

  /** What the row's problem held before. */
  before(row: number): ProblemState {
    const packed = this.packed[row] ?? 0;
    return { difficulty: this.difficulties[row] ?? 0, visits: packed >> 1, counted: (packed & 1) === 1 };
  }
}
