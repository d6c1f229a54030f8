import { Column, grown } from '../../core/column';
import type { GroupColumns, StepGroups } from './stepGroups';

const summed = ['scored', 'scoredGroups', 'allPass', 'allFail', 'comparable', 'uniform'] as const;
const counted = ['rollouts', 'superseded', 'replaced', 'lengthCount'] as const;

/** Counts of groups and rollouts, as `StepGroups` has them for one step. */
export type Totals = Readonly<Record<(typeof summed)[number] | (typeof counted)[number] | 'groups', number>>;

/** What the groups of a run's steps come to: a step that changes is taken out of the sums, and goes in again. */
export class RunTotals {
  private readonly steps: StepGroups[] = [];
  private readonly totals = { groups: 0, scored: 0, scoredGroups: 0, allPass: 0, allFail: 0, comparable: 0, uniform: 0, rollouts: 0, superseded: 0, replaced: 0, lengthCount: 0 };
  private readonly sizeCounts = new Map<number, number>();
  private readonly seenInOrder = new Column(Int32Array);
  /** How many problems had been seen before each step. */
  private readonly seenBefore: number[] = [];
  /** By problem; 1 where it was seen. */
  private seenFlags = new Uint8Array(1024);

  get sums(): Totals {
    return this.totals;
  }

  /** How many groups there are of each size. */
  get sizes(): ReadonlyMap<number, number> {
    return this.sizeCounts;
  }

  /** The problems that have groups, in order of first appearance; valid until steps are added or taken back. */
  get seen(): Int32Array {
    return this.seenInOrder.view();
  }

  /** Adds a step after the last one, of these columns; returns its problems that no step before had. */
  appendStep(groups: StepGroups, columns = groups.columns): Int32Array {
    const before = this.seenInOrder.length;
    this.steps.push(groups);
    this.seenBefore.push(before);
    this.sum(groups, columns, 1);
    this.see(columns.problem);
    return this.seen.slice(before);
  }

  /** Takes back all steps from this position on. */
  rewindTo(position: number): void {
    for (const groups of this.steps.slice(position)) this.sum(groups, groups.columns, -1);
    const seen = this.seenBefore[position] ?? this.seenInOrder.length;
    for (let place = seen; place < this.seenInOrder.length; place++) this.seenFlags[this.seenInOrder.at(place)] = 0;
    this.seenInOrder.truncate(seen);
    for (const list of [this.steps, this.seenBefore]) list.length = Math.min(list.length, position);
  }

  private sum(groups: StepGroups, { n }: GroupColumns, sign: 1 | -1): void {
    this.totals.groups += sign * groups.length;
    for (const field of summed) this.totals[field] += sign * groups[field];
    for (const field of counted) this.totals[field] += sign * groups[field];
    // Groups that follow each other are mostly of one size.
    for (let from = 0, to = 0; from < n.length; from = to) {
      const size = n[from] ?? 0;
      while (to < n.length && n[to] === size) to++;
      this.count(size, sign * (to - from));
    }
  }

  private count(size: number, groups: number): void {
    const left = (this.sizeCounts.get(size) ?? 0) + groups;
    if (left === 0) this.sizeCounts.delete(size);
    else this.sizeCounts.set(size, left);
  }

  private see(problems: Int32Array): void {
    for (let place = 0; place < problems.length; place++) {
      const problem = problems[place] ?? 0;
      if (this.seenFlags[problem] === 1) continue;
      if (problem >= this.seenFlags.length) this.seenFlags = grown(this.seenFlags, new Uint8Array(2 * problem));
      this.seenFlags[problem] = 1;
      this.seenInOrder.push(problem);
    }
  }
}
