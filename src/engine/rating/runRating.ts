import type { CdasMode } from '../../core/cdas';
import { CdasHistory } from '../../core/cdasHistory';
import type { CorrectRule } from '../../core/correctRule';
import type { CurationEvent } from '../../core/decisionStatus';
import type { DatasetFile } from '../../logs/datasets/datasetFile';
import { CurationEvents } from './curationEvents';
import { DifficultyBands } from './difficultyBands';
import { ProblemRegistry, type RegistryOptions } from './problemRegistry';
import { RunTotals } from './runTotals';
import type { StepGroups } from './stepGroups';
import { StepSequence } from './stepSequence';

/** How a run is rated. */
export interface RatingOptions {
  readonly mode: CdasMode;
  readonly correctThreshold: number | null;
}

/** What decisions change about a run, from outside of its logs. */
export interface RunCuration {
  readonly events: readonly CurationEvent[];
  readonly relabelled: (problem: string) => readonly string[];
}

/** All that says how a run is rated besides its log. */
export interface RatingBasis {
  readonly options: RatingOptions;
  readonly dataset: DatasetFile | null;
  readonly curation: RunCuration;
}

/** A step as it was grouped. */
export interface GroupedStep {
  readonly step: number;
  /** Null where no rollout of the step is left. */
  readonly groups: StepGroups | null;
  /** Rollouts that others replaced where none is left. */
  readonly replaced: number;
}

/** The problems of a run; so many of the first ones are its dataset's. */
export interface RunProblems {
  readonly registry: ProblemRegistry;
  readonly ofDataset: number;
}

/** The problems of a log's prompts under a basis, and those of its dataset. */
export function runProblems({ dataset, curation }: RatingBasis, log: Pick<RegistryOptions, 'prompts' | 'readPrompt'>, usesExplicitIds: boolean): RunProblems {
  let ofDataset = 0;
  const onProblem = (from: 'dataset' | 'log'): void => void (ofDataset += Number(from === 'dataset'));
  const registry = new ProblemRegistry({ ...log, dataset: dataset?.index ?? null, relabelled: curation.relabelled, onProblem }, usesExplicitIds);
  return { registry, ofDataset };
}

/** The steps of a run in groups under one rule, and the CDAS fold over the first ones of them, as far as it has come. */
export class RunRating {
  readonly history: CdasHistory;
  readonly bands = new DifficultyBands();
  readonly totals = new RunTotals();
  private grouped = new StepSequence<StepGroups>();
  /** Rollouts of steps that none is left of, since others replaced them all. */
  private replacedWhole = new Map<number, number>();
  private events: CurationEvents;

  constructor(
    private ratedBy: RatingBasis,
    readonly rule: CorrectRule,
    readonly problems: RunProblems,
  ) {
    this.history = new CdasHistory(ratedBy.options.mode);
    this.events = new CurationEvents(ratedBy.curation.events);
  }

  /** The same steps and problems, of which none is rated yet, with steps that were grouped anew. */
  regrouped(basis: RatingBasis, changed: readonly GroupedStep[]): RunRating {
    const other = new RunRating(basis, this.rule, this.problems);
    const replaced = new Set(changed.map(({ step }) => step));
    other.replacedWhole = new Map(this.replacedWhole);
    const values = [...this.grouped.all.filter(({ step }) => !replaced.has(step)), ...changed.flatMap(({ groups }) => groups ?? [])];
    other.grouped = StepSequence.of(values.sort((a, b) => a.step - b.step));
    for (const step of changed) other.noteReplaced(step);
    return other;
  }

  get basis(): RatingBasis {
    return this.ratedBy;
  }

  /** Takes other decisions over, which matter to the steps that are rated from now on. */
  set basis(basis: RatingBasis) {
    this.ratedBy = basis;
    this.events = new CurationEvents(basis.curation.events);
  }

  /** Steps in rated order, as they are at the moment. */
  get steps(): readonly StepGroups[] {
    return this.grouped.all;
  }

  get rowsOfReplacedSteps(): number {
    return [...this.replacedWhole.values()].reduce((sum, rows) => sum + rows, 0);
  }

  groupsOf(step: number): StepGroups | undefined {
    return this.grouped.get(step);
  }

  /** The position of the first step that is not before `step`. */
  positionOf(step: number): number {
    return this.grouped.positionOf(step);
  }

  /** Lets the fold know of at most so many problems more; false where it knows all. */
  admit(limit: number): boolean {
    const { registry, ofDataset } = this.problems;
    const known = this.history.state.problemCount;
    const end = Math.min(registry.length, known + limit);
    const counted = Math.max(known, Math.min(end, ofDataset));
    this.history.addProblems(counted - known, true);
    this.history.addProblems(end - counted, false);
    return end < registry.length;
  }

  /** Puts a step in its place, which is not rated yet. */
  put(changed: GroupedStep): void {
    if (changed.groups === null) this.grouped.delete(changed.step);
    else this.grouped.set(changed.groups);
    this.noteReplaced(changed);
  }

  /** Takes the rating of all steps from this position on back. */
  rewindTo(position: number): void {
    this.history.rewindTo(position);
    this.bands.rewindTo(position);
    this.totals.rewindTo(position);
  }

  /** The first step that is not rated; null where all are. */
  get unrated(): StepGroups | null {
    return this.steps[this.history.stepCount] ?? null;
  }

  /** Rates the first step that is not rated; false where all are. */
  rateNext(): boolean {
    const groups = this.unrated;
    if (groups === null) return false;
    const { step, columns } = groups;
    const previous = this.history.stepAt(this.history.stepCount - 1) ?? -Infinity;
    const decided = this.events.between(previous, step).flatMap(({ problem, kind }) => {
      const index = this.problems.registry.indexOf(problem);
      return index === undefined ? [] : [{ problem: index, kind }];
    });
    const fresh = this.totals.appendStep(groups);
    this.history.appendStep({ step, joining: this.joining(fresh, step), events: decided, visits: columns });
    this.bands.appendStep(this.history);
    return true;
  }

  /** Where no dataset says which problems count, a problem joins the mean when it is first seen. */
  private joining(fresh: Int32Array, step: number): Iterable<number> {
    if (this.ratedBy.dataset !== null) return [];
    const { registry } = this.problems;
    return this.events.isEmpty ? fresh : fresh.filter((problem) => !this.events.isExcludedAt(registry.at(problem)?.id ?? '', step));
  }

  private noteReplaced({ step, groups, replaced }: GroupedStep): void {
    if (groups === null && replaced > 0) this.replacedWhole.set(step, replaced);
    else this.replacedWhole.delete(step);
  }
}

/** The earliest step of an event that only one of the lists has; null when they are the same. */
export function firstDifference(before: readonly CurationEvent[], after: readonly CurationEvent[]): number | null {
  if (before === after) return null;
  const key = ({ step, problem, kind }: CurationEvent): string => `${step} ${kind} ${problem}`;
  const [known, wanted] = [new Set(before.map(key)), new Set(after.map(key))];
  const steps = [...before.filter((event) => !wanted.has(key(event))), ...after.filter((event) => !known.has(key(event)))].map(({ step }) => step);
  return steps.length === 0 ? null : steps.reduce((one, other) => Math.min(one, other));
}
