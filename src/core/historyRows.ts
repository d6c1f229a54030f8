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
    for (const { problem: own, kind } of events) {
      const { block, at } = this.extend(1);
      block.problems[at] = own;
      block.corrects[at] = 0;
      block.scoredAndKinds[at] = kinds.indexOf(kind);
    }
    for (let from = 0; from < problem.length; ) {
      const { block, at, rows } = this.extend(problem.length - from);
      block.problems.set(problem.subarray(from, from + rows), at);
      block.corrects.set(correct.subarray(from, from + rows), at);
      for (let row = 0; row < rows; row++) block.scoredAndKinds[at + row] = (scored[from + row] ?? 0) << kindBits;
      from += rows;
    }
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

  /** Calls back once for each problem with a rated row from one place to another, with what it held before. */
  forEachProblem(from: number, to: number, callback: (problem: number, before: ProblemState) => void): void {
    for (let row = from; row < to; row++) {
      const previous = this.previousOf(row);
      if (previous !== unrated && previous < from) callback(this.problem(row), this.before(row));
    }
  }

  private scoredAndKind(row: number): number {
    return this.blockOf(row).scoredAndKinds[row % blockRows] ?? 0;
  }

  /** Makes room for rows that do not count as rated; for as many of them as the last block has room for. */
  private extend(wanted: number): { readonly block: Block; readonly at: number; readonly rows: number } {
    const at = this.count % blockRows;
    if (at === 0) this.blocks.push(new Block());
    const block = this.blockOf(this.count);
    const rows = Math.min(wanted, blockRows - at);
    block.previous.fill(unrated, at, at + rows);
    this.count += rows;
    return { block, at, rows };
  }

  private blockOf(row: number): Block {
    const block = this.blocks[row >> blockBits];
    if (block === undefined) throw new RangeError(`row ${row} of ${this.count}`);
    return block;
  }
}
