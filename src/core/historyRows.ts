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

/** What a step asks of the fold. */
export interface StepChanges {
  readonly step: number;
  readonly events: readonly StepEvent[];
  readonly visits: StepVisits;
}

/** What happened to a problem in a step. */
export type EntryKind = StepEvent['kind'] | 'visit';

const unrated = -2;
const kinds: readonly EntryKind[] = ['visit', 'exclude', 'include', 'restart'];
const kindBits = 2;
const firstCapacity = 1024;
const growth = 2;

/**
 * The events and visits of all steps of a history in columns, 32 bytes for each of them: what it was, and what its
 * problem held before. Rows of one problem are linked from the newest back. Rows are appended, and cut off at the end.
 */
export class HistoryRows {
  private count = 0;
  private problems = new Int32Array(firstCapacity);
  private corrects = new Float64Array(firstCapacity);
  /** The scored rollouts of a visit, and the kind of the row in the low bits. */
  private scoredAndKinds = new Int32Array(firstCapacity);
  private previous = new Int32Array(firstCapacity);
  private difficulties = new Float64Array(firstCapacity);
  /** The visits before, and the counted flag in the low bit. */
  private packed = new Int32Array(firstCapacity);

  get length(): number {
    return this.count;
  }

  /** Appends the rows of a step, its events first; nothing counts as rated yet. */
  append(events: readonly StepEvent[], { problem, correct, scored }: StepVisits): void {
    const start = this.count;
    const firstVisit = start + events.length;
    const end = firstVisit + problem.length;
    if (end > this.problems.length) this.grow(end);
    events.forEach((event, i) => {
      this.problems[start + i] = event.problem;
      this.scoredAndKinds[start + i] = kinds.indexOf(event.kind);
    });
    this.corrects.fill(0, start, firstVisit);
    this.problems.set(problem, firstVisit);
    this.corrects.set(correct, firstVisit);
    for (let place = 0; place < scored.length; place++) this.scoredAndKinds[firstVisit + place] = (scored[place] ?? 0) << kindBits;
    this.previous.fill(unrated, start, end);
    this.count = end;
  }

  /** Drops all rows from this one on. */
  truncate(length: number): void {
    this.count = Math.min(this.count, length);
  }

  /** Keeps what a row's problem holds now. `previous` is the problem's row before this one, -1 for none. */
  remember(row: number, state: CdasState, previous: number): void {
    const problem = this.problems[row] ?? 0;
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
    return this.problems[row] ?? 0;
  }

  kind(row: number): EntryKind {
    return kinds[(this.scoredAndKinds[row] ?? 0) & ((1 << kindBits) - 1)] ?? 'visit';
  }

  correct(row: number): number {
    return this.corrects[row] ?? 0;
  }

  scored(row: number): number {
    return (this.scoredAndKinds[row] ?? 0) >>> kindBits;
  }

  /** What the row's problem held before. */
  before(row: number): ProblemState {
    const packed = this.packed[row] ?? 0;
    return { difficulty: this.difficulties[row] ?? 0, visits: packed >> 1, counted: (packed & 1) === 1 };
  }

  private grow(atLeast: number): void {
    const capacity = Math.max(atLeast, Math.ceil(this.problems.length * growth));
    this.problems = grown(this.problems, new Int32Array(capacity));
    this.corrects = grown(this.corrects, new Float64Array(capacity));
    this.scoredAndKinds = grown(this.scoredAndKinds, new Int32Array(capacity));
    this.previous = grown(this.previous, new Int32Array(capacity));
    this.difficulties = grown(this.difficulties, new Float64Array(capacity));
    this.packed = grown(this.packed, new Int32Array(capacity));
  }
}

function grown<Column extends Int32Array | Float64Array>(column: Column, larger: Column): Column {
  larger.set(column);
  return larger;
}
