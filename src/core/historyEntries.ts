import type { ProblemState } from './cdas';

/** What an entry records; the number is what is stored. */
export const entryKinds = ['visit', 'exclude', 'include', 'restart'] as const;

/** One of the kinds of entries. */
export type EntryKind = (typeof entryKinds)[number];

/** What is remembered of one change to one problem. */
export interface EntryValues {
  readonly problem: number;
  readonly kind: EntryKind;
  readonly correct: number;
  readonly scored: number;
  /** What the problem held before. */
  readonly before: ProblemState;
}

const kindBits = 2;
const countedBit = 1 << kindBits;
const visitsShift = kindBits + 1;

/** The entries of a history as columns, 32 bytes each, linked per problem from the newest back. */
export class HistoryEntries {
  private count = 0;
  private problems = new Int32Array(1024);
  private previous = new Int32Array(1024);
  private corrects = new Float64Array(1024);
  private scoreds = new Int32Array(1024);
  private difficulties = new Float64Array(1024);
  /** Kind, counted flag and visits before, in this order from the low bit. */
  private packed = new Int32Array(1024);

  get length(): number {
    return this.count;
  }

  /** Appends an entry; `previous` is the problem's entry before it, -1 for none. */
  push(entry: EntryValues, previous: number): void {
    this.pushVisit(entry.problem, previous, entry.before, entry);
    const row = this.count - 1;
    this.packed[row] = (this.packed[row] ?? 0) | entryKinds.indexOf(entry.kind);
  }

  /** Appends a visit, the entry that there are millions of. */
  pushVisit(problem: number, previous: number, before: ProblemState, visit: { readonly correct: number; readonly scored: number }): void {
    if (this.count === this.problems.length) this.grow();
    const row = this.count++;
    this.problems[row] = problem;
    this.previous[row] = previous;
    this.corrects[row] = visit.correct;
    this.scoreds[row] = visit.scored;
    this.difficulties[row] = before.difficulty;
    this.packed[row] = (before.visits << visitsShift) | (before.counted ? countedBit : 0);
  }

  /** Drops all entries from `length` on. */
  truncate(length: number): void {
    this.count = Math.min(this.count, length);
  }

  problem(row: number): number {
    return this.problems[row] ?? 0;
  }

  previousOf(row: number): number {
    return this.previous[row] ?? -1;
  }

  kind(row: number): EntryKind {
    return entryKinds[(this.packed[row] ?? 0) & (countedBit - 1)] ?? 'visit';
  }

  correct(row: number): number {
    return this.corrects[row] ?? 0;
  }

  scored(row: number): number {
    return this.scoreds[row] ?? 0;
  }

  /** What the problem held before the entry. */
  before(row: number): ProblemState {
    const packed = this.packed[row] ?? 0;
    return { difficulty: this.difficulties[row] ?? 0, visits: packed >> visitsShift, counted: (packed & countedBit) !== 0 };
  }

  private grow(): void {
    const capacity = this.problems.length * 2;
    this.problems = grownInts(this.problems, capacity);
    this.previous = grownInts(this.previous, capacity);
    this.corrects = grownFloats(this.corrects, capacity);
    this.scoreds = grownInts(this.scoreds, capacity);
    this.difficulties = grownFloats(this.difficulties, capacity);
    this.packed = grownInts(this.packed, capacity);
  }
}

function grownInts(column: Int32Array<ArrayBuffer>, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(column);
  return larger;
}

function grownFloats(column: Float64Array<ArrayBuffer>, capacity: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(capacity);
  larger.set(column);
  return larger;
}
