import type { CdasState, ProblemColumns, ProblemState, StepVisits } from './cdas';

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

/** The problems that a step changed, each once, with the difficulty and the visits that it had before. */
export interface HeldBefore {
  readonly problem: Int32Array;
  readonly difficulty: Float64Array;
  readonly visits: Int32Array;
}

/** What happened to a problem in a step. */
export type EntryKind = StepEvent['kind'] | 'visit';

const unrated = -2;
const kinds: readonly EntryKind[] = ['visit', 'exclude', 'include', 'restart'];
const kindBits = 2;
/** Rows are stored in blocks of this size, so that growing copies nothing. */
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
  private found = newHeld(blockRows >> 4);

  get length(): number {
    return this.count;
  }

  /** Appends the events of a step; nothing counts as rated yet. */
  appendEvents(events: readonly StepEvent[]): void {
    for (const { problem, kind } of events) {
      const { block, at } = this.extend(1);
      block.problems[at] = problem;
      block.corrects[at] = 0;
      block.scoredAndKinds[at] = kinds.indexOf(kind);
      block.previous[at] = unrated;
    }
  }

  /** Appends the visits of a step that is rated next. `lastRow` has the newest row of each problem, which a visit becomes. */
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

  /** Keeps what an event's problem holds now. `previous` is the problem's row before this one, -1 for none. */
  remember(row: number, state: CdasState, previous: number): void {
    const block = this.blockOf(row);
    const at = row % blockRows;
    const problem = block.problems[at] ?? 0;
    block.previous[at] = previous;
    block.difficulties[at] = state.difficulty(problem);
    block.packed[at] = (state.visits(problem) << 1) | Number(state.isCounted(problem));
  }

  /** False for a visit that changed nothing, since it is without a scored rollout. */
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
    const block = this.blockOf(row);
    const at = row % blockRows;
    const packed = block.packed[at] ?? 0;
    return { difficulty: block.difficulties[at] ?? 0, visits: packed >> 1, counted: (packed & 1) === 1 };
  }

  /** Each problem with a rated row from one place to another, once, and what it held before; valid until that is asked again. */
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

  /** Makes room for rows; for as many of them as the last block has room for. */
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

/** Writes visits into a block from row `at` on; `first` is the number of the first one among all rows. */
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

/** Adds the problems whose first row of the step lies here; rows before `first` are those of earlier steps. */
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
