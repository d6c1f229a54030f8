import { Column } from '../core/column';
import type { StepGroups } from './stepGroups';

const summed = ['scored', 'allPass', 'allFail', 'comparable', 'uniform'] as const;
const counted = ['rollouts', 'superseded', 'replaced', 'lengthCount'] as const;

/** Counts of groups and rollouts, as `StepGroups` has them for one step. */
export type Totals = Readonly<Record<(typeof summed)[number] | (typeof counted)[number] | 'groups', number>>;

/** What the groups of a run's steps come to: a step that changes is taken out of the sums, and goes in again. */
export class RunTotals {
  private readonly steps: StepGroups[] = [];
  private readonly totals = { groups: 0, scored: 0, allPass: 0, allFail: 0, comparable: 0, uniform: 0, rollouts: 0, superseded: 0, replaced: 0, lengthCount: 0 };
  private readonly sizeCounts = new Map<number, number>();
  private readonly seenInOrder: number[] = [];
  /** How many problems had been seen before each step. */
  private readonly seenBefore: number[] = [];
  private readonly seenFlags = new Column(Uint8Array);

  get sums(): Totals {
    return this.totals;
  }

  /** How many groups there are of each size. */
  get sizes(): ReadonlyMap<number, number> {
    return this.sizeCounts;
  }

  /** The problems that have groups, in order of first appearance. */
  get seen(): readonly number[] {
    return this.seenInOrder;
  }

  /** Adds a step after the last one; returns its problems that no step before had. */
  appendStep(groups: StepGroups): readonly number[] {
    const before = this.seenInOrder.length;
    this.steps.push(groups);
    this.seenBefore.push(before);
    this.sum(groups, 1);
    for (const problem of groups.columns.problem) if (!this.isSeen(problem)) this.see(problem);
    return this.seenInOrder.slice(before);
  }

  /** Takes back all steps from this position on. */
  rewindTo(position: number): void {
    for (const groups of this.steps.slice(position)) this.sum(groups, -1);
    const seen = this.seenBefore[position] ?? this.seenInOrder.length;
    for (const problem of this.seenInOrder.slice(seen)) this.seenFlags.set(problem, 0);
    this.seenInOrder.length = seen;
    for (const list of [this.steps, this.seenBefore]) list.length = Math.min(list.length, position);
  }

  private sum(groups: StepGroups, sign: 1 | -1): void {
    this.totals.groups += sign * groups.length;
    for (const field of summed) this.totals[field] += sign * groups[field];
    for (const field of counted) this.totals[field] += sign * groups[field];
    for (const size of groups.columns.n) {
      const left = (this.sizeCounts.get(size) ?? 0) + sign;
      if (left === 0) this.sizeCounts.delete(size);
      else this.sizeCounts.set(size, left);
    }
  }

  private isSeen(problem: number): boolean {
    return this.seenFlags.at(problem) === 1;
  }

  private see(problem: number): void {
    while (this.seenFlags.length <= problem) this.seenFlags.push(0);
    this.seenFlags.set(problem, 1);
    this.seenInOrder.push(problem);
  }
}
