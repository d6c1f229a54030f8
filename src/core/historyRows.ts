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
/** Rows lie in blocks of so many, so that none is copied when there are more. */
const blockBits = 14;
const blockRows = 1 << blockBits;

/** Some rows, in columns. */
class Block {
  readonly problems = new Int32Array(blockRows);
  readonly corrects = new Float64Array(blockRows);
  /** The scored rollouts of a visit, and the kind of the row in the low bits. */
  readonly scoredAndKinds = new Int32Array(blockRows);
  readonly previous = new Int32Array(blockRows);
  readonly difficulties = new Float64Array(blockRows);
  /** The visits before, and the counted flag in the low bit. */
  readonly packed = new Int32Array(blockRows);
}

/**
 * The events and visits of all steps of a history in columns, 32 bytes for each of them: what it was, and what its
 * problem held before. Rows of one problem are linked from the newest back. Rows are appended, and cut off at the end.
 */
export class HistoryRows {
  private count = 0;
  private readonly blocks: Block[] = [];

  get length(): number {
    return this.count;
  }

  /** Appends the rows of a step, its events first; nothing counts as rated yet. */
  append(events: readonly StepEvent[], { problem, correct, scored }: StepVisits): void {
    for (const event of events) this.push(event.problem, 0, kinds.indexOf(event.kind));
    for (let place = 0; place < problem.length; place++) this.push(problem[place] ?? 0, correct[place] ?? 0, (scored[place] ?? 0) << kindBits);
  }

  /** Drops all rows from this one on. */
  truncate(length: number): void {
    this.count = Math.min(this.count, length);
    this.blocks.length = Math.ceil(this.count / blockRows);
  }

  /** Keeps what a row's problem holds now. `previous` is the problem's row before this one, -1 for none. */
  remember(row: number, state: CdasState, previous: number): void {
    const [block, at] = [this.blockOf(row), row % blockRows];
    const problem = block.problems[at] ?? 0;
    block.previous[at] = previous;
    block.difficulties[at] = state.difficulty(problem);
    block.packed[at] = (state.visits(problem) << 1) | Number(state.isCounted(problem));
  }

  /** False for a visit that changed nothing: without a scored rollout, or in warm-up. */
  isRated(row: number): boolean {
    return this.blockOf(row).previous[row % blockRows] !== unrated;
  }

  previousOf(row: number): number {
    return this.blockOf(row).previous[row % blockRows] ?? -1;
  }

  problem(row: number): number {
    return this.blockOf(row).problems[row % blockRows] ?? 0;
  }

  kind(row: number): EntryKind {
    return kinds[this.scoredAndKind(row) & ((1 << kindBits) - 1)] ?? 'visit';
  }

  correct(row: number): number {
    return this.blockOf(row).corrects[row % blockRows] ?? 0;
  }

  scored(row: number): number {
    return this.scoredAndKind(row) >>> kindBits;
  }

  /** What the row's problem held before. */
  before(row: number): ProblemState {
    const [block, at] = [this.blockOf(row), row % blockRows];
    const packed = block.packed[at] ?? 0;
    return { difficulty: block.difficulties[at] ?? 0, visits: packed >> 1, counted: (packed & 1) === 1 };
  }

  private scoredAndKind(row: number): number {
    return this.blockOf(row).scoredAndKinds[row % blockRows] ?? 0;
  }

  private push(problem: number, correct: number, scoredAndKind: number): void {
    const row = this.count++;
    if (row % blockRows === 0) this.blocks.push(new Block());
    const [block, at] = [this.blockOf(row), row % blockRows];
    block.problems[at] = problem;
    block.corrects[at] = correct;
    block.scoredAndKinds[at] = scoredAndKind;
    block.previous[at] = unrated;
  }

  private blockOf(row: number): Block {
    const block = this.blocks[row >> blockBits];
    if (block === undefined) throw new RangeError(`row ${row} of ${this.count}`);
    return block;
  }
}
