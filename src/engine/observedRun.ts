import { CdasHistory } from '../core/cdasHistory';
import type { CdasMode } from '../core/cdas';
import { inferCorrectRule, sameRule, type CorrectRule, type RewardEvidence } from '../core/correctRule';
import type { CurationEvent } from '../core/decisionStatus';
import type { StepEvent } from '../core/historyRows';
import type { DatasetFile } from '../logs/datasetFile';
import { RunMetrics } from '../logs/metrics/runMetrics';
import type { RunSource } from '../logs/runSource';
import { CurationEvents } from './curationEvents';
import { DifficultyBands } from './difficultyBands';
import { ProblemRegistry } from './problemRegistry';
import { readPrompt } from './promptReader';
import { RunEvidence } from './rewardEvidence';
import { RunFiles } from './runFiles';
import { RunTotals } from './runTotals';
import { StepGrouper } from './stepGrouper';
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

/** How often the first load of a run is rated while it goes on. */
const maxRatingsOfFirstLoad = 8;
const minBytesBetweenRatings = 1 << 24;
const noCuration: RunCuration = { events: [], relabelled: () => [] };

/**
 * A run under observation: its files, its problems, and the CDAS fold over its steps. A changed step costs a replay
 * from that step; a changed rule, dataset or identity costs regrouping what is held in columns, never reading again.
 */
export class ObservedRun {
  /** What the trainer measured besides; read by `advanceMetrics`. */
  metrics: RunMetrics;
  registry: ProblemRegistry;
  history: CdasHistory;
  bands = new DifficultyBands();
  totals = new RunTotals();
  readonly evidence = new RunEvidence();
  rule: CorrectRule;
  /** Grows with every change that a view could show. */
  revision = 1;
  /** Set once every file known at the first look was read to its end. */
  loaded = false;
  /** What a person should know besides the log itself, such as a dataset that could not be used. */
  notes: readonly string[] = [];
  /** A dataset that was given and of which no row fits the log, with the start of its first text, which is untrusted. */
  foreignDataset: { readonly path: string; readonly rows: number; readonly preview: string } | null = null;
  /** Why and how often changes are looked for where the file system does not tell of them; null where it does, or nobody looks. */
  polling: string | null = null;
  private dataset: DatasetFile | null = null;
  private curation: RunCuration = noCuration;
  private events = new CurationEvents([]);
  private readonly grouper = new StepGrouper();
  private readonly grouped = new StepSequence<StepGroups>();
  private readonly replacedWhole = new Map<number, number>();
  private options: RatingOptions;
  /** Steps that were read on since they were last rated. */
  private readonly unrated = new Set<number>();
  private ratedAtByte = 0;

  constructor(
    readonly source: RunSource,
    options: RatingOptions,
    readonly files = new RunFiles(source),
  ) {
    this.options = options;
    this.metrics = new RunMetrics(source);
    this.history = new CdasHistory(options.mode);
    this.registry = this.newRegistry();
    this.rule = this.inferRule();
  }

  get mode(): CdasMode {
    return this.options.mode;
  }

  get datasetFile(): DatasetFile | null {
    return this.dataset;
  }

  /** Steps in rated order, as they are at the moment. */
  get steps(): readonly StepGroups[] {
    return this.grouped.all;
  }

  groupsOf(step: number): StepGroups | undefined {
    return this.grouped.get(step);
  }

  /** What the rewards of all steps look like. */
  get rewardEvidence(): RewardEvidence {
    return this.evidence.overall(this.files.explicitField);
  }

  /** Reads on by about `budget` bytes and brings everything up to date; `more` asks for another turn soon. */
  advance(budget: number, now: number): { readonly changed: boolean; readonly more: boolean } {
    const errorsBefore = this.files.errors.join('\n');
    const pendingBefore = this.files.pendingBytes;
    const { changedSteps, more } = this.files.poll(budget, now);
    // Bit by bit: of very many prompts at once it would keep everything else waiting.
    this.files.prompts.identify();
    const firstLoad = !more && !this.loaded;
    for (const step of changedSteps) this.unrated.add(step);
    const steps = this.stepsToRate(more);
    if (!more) this.loaded = true;
    if (steps.length > 0) this.rateRead(steps);
    const changed = steps.length > 0 || firstLoad || this.files.pendingBytes !== pendingBefore || this.files.errors.join('\n') !== errorsBefore;
    if (changed) this.revision++;
    return { changed, more };
  }

  /** Reads on what the trainer measured, by about `budget` bytes. */
  advanceMetrics(budget: number, now: number): { readonly changed: boolean; readonly more: boolean } {
    const poll = this.metrics.poll(budget, now);
    if (poll.changed) this.revision++;
    return poll;
  }

  /**
   * The steps to rate now. On the first load steps grow turn by turn, and rating them each time would cost many times the
   * reading; but steps after all that are rated cost no more now than later, save for the newest, which may grow still.
   */
  private stepsToRate(more: boolean): readonly number[] {
    const steps = [...this.unrated];
    if (steps.length === 0 || !more || this.loaded || this.isTimeToRate()) return steps;
    const newest = steps.reduce((one, other) => Math.max(one, other));
    const rated = this.steps.at(-1)?.step ?? -Infinity;
    return steps.every((step) => step > rated) ? steps.filter((step) => step !== newest) : [];
  }

  private isTimeToRate(): boolean {
    const { read, size } = this.files.progress;
    return read - this.ratedAtByte >= Math.max(minBytesBetweenRatings, size / maxRatingsOfFirstLoad);
  }

  /** Gives the run another way to rate, another dataset or other decisions, and rates it anew where that matters. */
  configure(change: { readonly options?: RatingOptions; readonly dataset?: DatasetFile | null; readonly curation?: RunCuration }): void {
    if (change.options !== undefined) this.options = change.options;
    if (change.dataset !== undefined) this.dataset = change.dataset;
    if (change.curation !== undefined) this.takeCuration(change.curation);
    this.rebuild();
    this.revision++;
  }

  private newRegistry(): ProblemRegistry {
    return new ProblemRegistry(
      {
        prompts: this.files.prompts,
        dataset: this.dataset?.index ?? null,
        relabelled: this.curation.relabelled,
        readPrompt: (prompt) => readPrompt(prompt, this.source.format),
        onProblem: (from) => this.history.addProblem(from === 'dataset'),
      },
      this.logHasIds(),
    );
  }

  /** Takes in decisions: only what they change in the past is rated anew. */
  applyCuration(curation: RunCuration): void {
    const before = this.curation;
    this.takeCuration(curation);
    const answersChanged = this.registry.some(({ id }) => before.relabelled(id).length !== curation.relabelled(id).length);
    const first = firstDifference(before.events, curation.events);
    if (answersChanged && this.dataset !== null) this.rebuild();
    else if (first !== null) this.replayFrom(this.grouped.positionOf(first));
    this.revision++;
  }

  /** Notes how changes are found; true when that is news. */
  notePolling(polling: string | null): boolean {
    if (polling === this.polling) return false;
    this.polling = polling;
    this.revision++;
    return true;
  }

  private takeCuration(curation: RunCuration): void {
    this.curation = curation;
    this.events = new CurationEvents(curation.events);
  }

  private logHasIds(): boolean {
    return (this.files.prompts.at(0)?.explicitId ?? null) !== null;
  }

  private rebuild(): void {
    this.history = new CdasHistory(this.options.mode);
    this.bands = new DifficultyBands();
    this.totals = new RunTotals();
    this.registry = this.newRegistry();
    this.grouped.clear();
    this.takeEvidence([...this.unrated]);
    this.rule = this.inferRule();
    this.regroup(this.files.steps);
    this.replayFrom(0);
  }

  /** Brings what was read of steps into the numbers. */
  private rateRead(changedSteps: readonly number[]): void {
    this.ratedAtByte = this.files.progress.read;
    this.takeEvidence(changedSteps);
    const rule = this.inferRule();
    if (!sameRule(rule, this.rule) || this.registry.usesExplicitIds !== this.logHasIds()) this.rebuild();
    else this.replayFrom(this.regroup(changedSteps));
  }

  /** Looks at the rewards of steps that were read on. */
  private takeEvidence(steps: readonly number[]): void {
    for (const step of steps) {
      this.evidence.update(step, this.files.rowsOf(step));
      this.unrated.delete(step);
    }
  }

  private inferRule(): CorrectRule {
    return inferCorrectRule(this.rewardEvidence, this.options.correctThreshold, this.options.mode);
  }

  /** Rollouts of steps that none is left of, since others replaced them all. */
  get rowsOfReplacedSteps(): number {
    return [...this.replacedWhole.values()].reduce((sum, rows) => sum + rows, 0);
  }

  /** Groups steps anew; returns the position of the first of them. */
  private regroup(steps: Iterable<number>): number {
    const grouping = { rule: this.rule, problemOf: (prompt: number) => this.registry.problemOf(prompt) };
    let first = Infinity;
    for (const step of steps) {
      const rows = this.files.rowsOf(step);
      const superseded = this.evidence.supersededIn(step);
      const replaced = this.files.replacedRows(step, rows);
      if (rows.length === 0 && replaced > 0) this.replacedWhole.set(step, replaced);
      else this.replacedWhole.delete(step);
      const position = rows.length === 0 ? this.grouped.delete(step) : this.grouped.set(this.grouper.group(step, { rows, superseded, replaced }, grouping));
      first = Math.min(first, position);
    }
    return first;
  }

  /** Rates again all steps from a position on. */
  private replayFrom(position: number): void {
    this.history.rewindTo(position);
    this.bands.rewindTo(position);
    this.totals.rewindTo(position);
    for (const groups of this.steps.slice(position)) this.rate(groups);
  }

  private rate(groups: StepGroups): void {
    const { step, columns } = groups;
    const previous = this.history.stepAt(this.history.stepCount - 1) ?? -Infinity;
    const decided = this.events.between(previous, step).flatMap(({ problem, kind }) => {
      const index = this.registry.indexOf(problem);
      return index === undefined ? [] : [{ problem: index, kind }];
    });
    const fresh = this.totals.appendStep(groups);
    this.history.appendStep({ step, events: [...this.introduce(fresh, step), ...decided], visits: columns });
    this.bands.appendStep(this.history);
  }

  /** Where no dataset says which problems count, a problem joins the mean when it is first seen. */
  private introduce(fresh: readonly number[], step: number): StepEvent[] {
    if (this.dataset !== null) return [];
    const included = this.events.isEmpty ? fresh : fresh.filter((problem) => !this.events.isExcludedAt(this.registry.at(problem)?.id ?? '', step));
    return included.map((problem) => ({ problem, kind: 'include' }));
  }
}

/** The earliest step of an event that only one of the lists has; null when they are the same. */
function firstDifference(before: readonly CurationEvent[], after: readonly CurationEvent[]): number | null {
  const key = ({ step, problem, kind }: CurationEvent): string => `${step} ${kind} ${problem}`;
  const [known, wanted] = [new Set(before.map(key)), new Set(after.map(key))];
  const steps = [...before.filter((event) => !wanted.has(key(event))), ...after.filter((event) => !known.has(key(event)))].map(({ step }) => step);
  return steps.length === 0 ? null : Math.min(...steps);
}
