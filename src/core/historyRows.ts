import type { CdasState, ProblemColumns, ProblemState, StepVisits } from './cdas';

/**
 * A change to one problem that takes effect at the start of a step: it leaves (`exclude`) or joins (`include`) the mean
 * behind competence, or its difficulty and visits go back to 0 (`restart`).
 */
export interface StepEvent {
  readonly problem: number;
  readonly kind: 'exclude' | 'include' | 'restart';
}

/**
 * One step of a run: its number, the problems that join the mean with it since nothing was known of them before, the
 * events that take effect after that, and the visits that are then rated together.
 */
export interface StepChanges {
  readonly step: number;
  readonly joining: Iterable<number>;
  readonly events: readonly StepEvent[];
  readonly visits: StepVisits;
}

/**
 * The problems that a step changed, each once, as columns of one length; `difficulty` and `visits` are the values from
 * before the step.
 */
export interface HeldBefore {
  readonly problem: Int32Array;
  readonly difficulty: Float64Array;
  readonly visits: Int32Array;
}

/** What a row records: a visit, or one of the events. */
export type EntryKind = StepEvent['kind'] | 'visit';

/** Stands in `previous` for a row that changed nothing; -1 there means that the row is the first of its problem. */
const unrated = -2;
const kinds: readonly EntryKind[] = ['visit', 'exclude', 'include', 'restart'];
const kindBits = 2;
/** Rows are stored in blocks of 2^14, so that appending never copies the earlier ones. */
const blockBits = 14;
const blockRows = 1 << blockBits;

/** `blockRows` rows as columns. A row has the same place in each of them. */
class Block {
  readonly problems = new Int32Array(blockRows);
  readonly corrects = new Float64Array(blockRows);
  /**
   * `scored << kindBits | kind`: the number of scored rollouts (0 for an event) and the index of the row's kind in
   * `kinds`.
   */
  readonly scoredAndKinds = new Int32Array(blockRows);
  /**
   * The number of the same problem's row before this one; -1 where there is none, `unrated` for a row that changed
   * nothing.
   */
  readonly previous = new Int32Array(blockRows);
  /** The difficulty that the problem had before this row. */
  readonly difficulties = new Float64Array(blockRows);
  /** `visits << 1 | counted`, as they were before this row. */
  readonly packed = new Int32Array(blockRows);
}

/**
 * The log behind `CdasHistory`: one row of 32 bytes for each event and each visit, in the order they took effect. A row
 * says what happened and what its problem held before, so that the newest rows can be taken back exactly. The rows of one
 * problem form a list from the newest back to the oldest. Rows are numbered from 0; they are appended and cut off at the end only.
 */
export class HistoryRows {
  private count = 0;
  private readonly blocks: Block[] = [];
  private found = newHeld(blockRows >> 4);

  get length(): number {
    return this.count;
  }

  /** Appends the events of a step, each as an unrated row until `remember` is called for it. */
  appendEvents(events: readonly StepEvent[]): void {
    for (const { problem, kind } of events) {
      const { block, at } = this.extend(1);
      block.problems[at] = problem;
      block.corrects[at] = 0;
      block.scoredAndKinds[at] = kinds.indexOf(kind);
      block.previous[at] = unrated;
    }
  }

  /**
   * Appends the visits of a step; to be called before they are rated, while `held` still has the values from before.
   * `lastRow` has the number of each problem's newest row, by problem index, and is updated. Throws a RangeError for a
   * problem beyond its end.
   */
  appendVisits(visits: StepVisits, held: ProblemColumns, lastRow: Int32Array): void {
    const { length } = visits.problem;
    for (let from = 0; from < length; ) {
      const first = this.count;
      const { block, at, rows } = this.extend(length - from);
      fill(block, { at, first }, from === 0 && rows === length ? visits : cut(visits, from, from + rows), { held, lastRow });
      from += rows;
    }
  }

  /** Drops all rows from this one on. */
  truncate(length: number): void {
    this.count = Math.min(this.count, length);
    this.blocks.length = Math.ceil(this.count / blockRows);
  }

  /**
   * Notes in the row of an event what its problem holds now, before the event takes effect. `previous` is the number of
   * the problem's row before this one, -1 for none.
   */
  remember(row: number, state: CdasState, previous: number): void {
    const block = this.blockOf(row);
    const at = row % blockRows;
    const problem = block.problems[at] ?? 0;
    block.previous[at] = previous;
    block.difficulties[at] = state.difficulty(problem);
    block.packed[at] = (state.visits(problem) << 1) | Number(state.isCounted(problem));
  }

  /** Whether the row changed its problem; false for a visit without a scored rollout. */
  isRated(row: number): boolean {
    return this.blockOf(row).previous[row % blockRows] !== unrated;
  }

  /** The number of the same problem's row before this one; -1 where there is none. */
  previousOf(row: number): number {
    return this.blockOf(row).previous[row % blockRows] ?? -1;
  }

  problem(row: number): number {
    return this.blockOf(row).problems[row % blockRows] ?? 0;
  }

  kind(row: number): EntryKind {
    return kinds[this.scoredAndKind(row) & ((1 << kindBits) - 1)] ?? 'visit';
  }

  /** The correct rollouts of a visit, a fraction where correctness is soft; 0 for an event. */
  correct(row: number): number {
    return this.blockOf(row).corrects[row % blockRows] ?? 0;
  }

  /** The scored rollouts of a visit; 0 for an event. */
  scored(row: number): number {
    return this.scoredAndKind(row) >>> kindBits;
  }

  /** What the row's problem held before. */
  before(row: number): ProblemState {
    const block = this.blockOf(row);
    const at = row % blockRows;
    const packed = block.packed[at] ?? 0;
    return { difficulty: block.difficulties[at] ?? 0, visits: packed >> 1, counted: (packed & 1) === 1 };
  }

  /**
   * Each problem with a rated row among `from` (inclusive) to `to` (exclusive), once, with what it held before the first
   * of these. O(to - from). The arrays are reused: they hold until the next call.
   */
  changesIn(from: number, to: number): HeldBefore {
    if (to - from > this.found.problem.length) this.found = newHeld(to - from);
    const { found } = this;
    let count = 0;
    for (let start = from; start < to; ) {
      const end = Math.min(to, start - (start % blockRows) + blockRows);
      count = addChanges(this.blockOf(start), { at: start % blockRows, rows: end - start, first: from }, found, count);
      start = end;
    }
    const { problem, difficulty, visits } = found;
    return { problem: problem.subarray(0, count), difficulty: difficulty.subarray(0, count), visits: visits.subarray(0, count) };
  }

  private scoredAndKind(row: number): number {
    return this.blockOf(row).scoredAndKinds[row % blockRows] ?? 0;
  }

  /**
   * Adds up to `wanted` rows, as many as fit into the last block (a new one where it is full): the block, the first
   * row's place in it and how many they are.
   */
  private extend(wanted: number): { readonly block: Block; readonly at: number; readonly rows: number } {
    const at = this.count % blockRows;
    if (at === 0) this.blocks.push(new Block());
    const block = this.blockOf(this.count);
    const rows = Math.min(wanted, blockRows - at);
    this.count += rows;
    return { block, at, rows };
  }

  private blockOf(row: number): Block {
    const block = this.blocks[row >> blockBits];
    if (block === undefined) throw new RangeError(`row ${row} of ${this.count}`);
    return block;
  }
}

function cut({ problem, correct, scored }: StepVisits, from: number, to: number): StepVisits {
  return { problem: problem.subarray(from, to), correct: correct.subarray(from, to), scored: scored.subarray(from, to) };
}

/** Writes visits into a block from place `at` on; `first` is the number of the first one among all rows. */
function fill(block: Block, { at, first }: { readonly at: number; readonly first: number }, visits: StepVisits, { held, lastRow }: { readonly held: ProblemColumns; readonly lastRow: Int32Array }): void {
  // One loop that calls nothing: it runs over millions of visits, often in a process that has just started.
  const { problem: problems, correct, scored } = visits;
  const { difficulties, visits: visitCounts, counted } = held;
  const { previous, packed } = block;
  block.problems.set(problems, at);
  block.corrects.set(correct, at);
  for (let place = 0; place < problems.length; place++) {
    const row = at + place;
    const rollouts = scored[place] ?? 0;
    block.scoredAndKinds[row] = rollouts << kindBits;
    if (rollouts === 0) {
      previous[row] = unrated;
      continue;
    }
    const problem = problems[place] ?? 0;
    if (problem >= lastRow.length) throw new RangeError(`no problem ${problem}`);
    previous[row] = lastRow[problem] ?? -1;
    lastRow[problem] = first + place;
    block.difficulties[row] = difficulties[problem] ?? 0;
    packed[row] = ((visitCounts[problem] ?? 0) << 1) | (counted[problem] ?? 0);
  }
}

function newHeld(length: number): HeldBefore {
  return { problem: new Int32Array(length), difficulty: new Float64Array(length), visits: new Int32Array(length) };
}

/**
 * Adds to `found`, from place `known` on, the problems whose first row of a step lies in this part of a block; returns how
 * many it holds then. `first` is the number of the step's first row: a row that is linked to one from there on is not its
 * problem's first.
 */
function addChanges({ problems, previous, difficulties, packed }: Block, { at, rows, first }: { readonly at: number; readonly rows: number; readonly first: number }, found: HeldBefore, known: number): number {
  let count = known;
  for (let row = at; row < at + rows; row++) {
    const before = previous[row] ?? unrated;
    if (before === unrated || before >= first) continue;
    found.problem[count] = problems[row] ?? 0;
    found.difficulty[count] = difficulties[row] ?? 0;
    found.visits[count] = (packed[row] ?? 0) >> 1;
    count++;
  }
  return count;
}
