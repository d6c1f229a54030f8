import type { StepRange } from '../../logs/columns/rolloutTable';
import { noSteps, type FollowedFile } from './followedFile';
import type { StepRows } from './stepRows';

/** Where the rows of a file are: all of them, or those of one range. */
type Part = FollowedFile | { readonly from: FollowedFile; readonly range: StepRange };

/** Tells the rows of a file, in order. */
export type RangesOf = (followed: FollowedFile) => { readonly file: StepRows['file']; readonly ranges: readonly StepRange[]; readonly generation: number };

/** Which rows of a run's files belong to which step, in the order of the files. */
export class RowIndex {
  /** Counts the times that rows went: with their file, or because it was rewritten. */
  losses = 0;
  /** Mostly all rows of a step are all rows of one file. */
  private readonly partsByStep = new Map<number, Part | Part[]>();
  /** The steps in order; null where one came or went since they were last put so. */
  private ordered: readonly number[] | null = null;

  constructor(private readonly rangesOf: RangesOf) {}

  /** Steps that have rows, ascending. */
  get steps(): readonly number[] {
    return (this.ordered ??= [...this.partsByStep.keys()].sort((a, b) => a - b));
  }

  /** All rows of a step. */
  of(step: number): readonly StepRows[] {
    const known = this.partsByStep.get(step);
    if (known === undefined) return [];
    return Array.isArray(known) ? known.flatMap((part) => this.rowsOf(part) ?? []) : listOf(this.rowsOf(known));
  }

  private rowsOf(part: Part): StepRows | null {
    const from = fileOf(part);
    const { file, ranges } = this.rangesOf(from);
    const range = 'range' in part ? part.range : ranges[0];
    return range === undefined ? null : { file, range, launch: from.launch };
  }

  /** The rows of a step's highest launch. */
  launchedLast(step: number): readonly StepRows[] {
    const rows = this.of(step);
    if (rows.length < 2) return rows;
    const launch = Math.max(...rows.map((part) => part.launch));
    return rows.filter((part) => part.launch === launch);
  }

  /** Takes in what is new of a file, and adds the steps that changed by it. */
  add(followed: FollowedFile, changed: Set<number>): void {
    const { ranges, generation } = this.rangesOf(followed);
    const rows = rowsIn(ranges);
    if (generation !== followed.generation) this.losses++;
    if (!isAppended(followed, { ranges, generation, rows })) this.takeOut(new Set([followed]), changed);
    if (ranges.length === 1) this.addWhole(followed, ranges, changed);
    else this.addRanges(followed, ranges.filter(({ end }) => end > followed.rows), changed);
    Object.assign(followed, { generation, rows });
  }

  /** Forgets files, and adds the steps that had rows in them. */
  remove(dropped: ReadonlySet<FollowedFile>, changed: Set<number>): void {
    if ([...dropped].some(({ rows }) => rows > 0)) this.losses++;
    this.takeOut(dropped, changed);
  }

  private takeOut(dropped: ReadonlySet<FollowedFile>, changed: Set<number>): void {
    const steps = new Set([...dropped].flatMap(({ steps }) => steps));
    for (const step of steps) {
      changed.add(step);
      const others = this.partsOf(step).filter((part) => !dropped.has(fileOf(part)));
      if (others.length > 0) {
        this.partsByStep.set(step, others);
        continue;
      }
      this.partsByStep.delete(step);
      this.ordered = null;
    }
    for (const followed of dropped) Object.assign(followed, { steps: noSteps, rows: 0 });
  }

  private addWhole(followed: FollowedFile, ranges: readonly StepRange[], changed: Set<number>): void {
    const step = ranges[0]?.step ?? 0;
    changed.add(step);
    if (followed.steps === step) return;
    this.insert(step, followed);
    followed.steps = step;
  }

  private addRanges(followed: FollowedFile, ranges: readonly StepRange[], changed: Set<number>): void {
    const fresh = ranges.filter((range) => !this.partsOf(range.step).some((part) => 'range' in part && part.range === range));
    for (const range of fresh) this.insert(range.step, { from: followed, range });
    for (const { step } of ranges) changed.add(step);
    if (fresh.length > 0) followed.steps = [followed.steps, fresh.map(({ step }) => step)].flat();
  }

  private partsOf(step: number): readonly Part[] {
    const known = this.partsByStep.get(step);
    if (known === undefined) return [];
    return Array.isArray(known) ? known : [known];
  }

  private insert(step: number, part: Part): void {
    const known = this.partsByStep.get(step);
    if (known === undefined) {
      this.partsByStep.set(step, part);
      this.ordered = null;
      return;
    }
    const parts = Array.isArray(known) ? known : [known];
    const before = parts.findLastIndex((other) => fileOf(other).position <= fileOf(part).position);
    parts.splice(before + 1, 0, part);
    this.partsByStep.set(step, parts);
  }
}

function listOf(rows: StepRows | null): readonly StepRows[] {
  return rows === null ? [] : [rows];
}

function rowsIn(ranges: readonly StepRange[]): number {
  return (ranges.at(-1)?.end ?? 0) - (ranges[0]?.start ?? 0);
}

/** Whether what is in the index of a file is still right: it has only more rows, and is one part where it was one. */
function isAppended(followed: FollowedFile, now: { readonly ranges: readonly StepRange[]; readonly generation: number; readonly rows: number }): boolean {
  const wasOne = typeof followed.steps === 'number';
  return now.generation === followed.generation && now.rows >= followed.rows && (!wasOne || now.ranges.length === 1);
}

function fileOf(part: Part): FollowedFile {
  return 'from' in part ? part.from : part;
}
