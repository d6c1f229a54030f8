import { CdasHistory, type StepEvent } from '../core/cdasHistory';
import type { CdasMode } from '../core/cdas';
import { inferCorrectRule, sameRule, type CorrectRule } from '../core/correctRule';
import type { CurationEvent } from '../core/decisionStatus';
import type { DatasetFile } from '../logs/datasetFile';
import { RunMetrics } from '../logs/metrics/runMetrics';
import type { RunSource } from '../logs/runSource';
import { DifficultyBands } from './difficultyBands';
import { ProblemRegistry } from './problemRegistry';
import { readPrompt } from './promptReader';
import { RunFiles } from './runFiles';
import { evidenceOf, groupStep, mergeEvidence, type StepEvidence, type StepGroups } from './stepGroups';

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
  rule: CorrectRule = inferCorrectRule(mergeEvidence([], ''), null, 'paper');
  /** Grows with every change that a view could show. */
  revision = 1;
  /** Set once every file known at the first look was read to its end. */
  loaded = false;
  /** What a person should know besides the log itself, such as a dataset that could not be used. */
  notes: readonly string[] = [];
  /** Why and how often changes are looked for where the file system does not tell of them; null where it does, or nobody looks. */
  polling: string | null = null;
  private dataset: DatasetFile | null = null;
  private curation: RunCuration = noCuration;
  private readonly groupsByStep = new Map<number, StepGroups>();
  private readonly evidenceByStep = new Map<number, StepEvidence>();
  /** The position in the history at which a problem was first seen. */
  private readonly introducedAt = new Map<number, number>();
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
  }

  get mode(): CdasMode {
    return this.options.mode;
  }

  get datasetFile(): DatasetFile | null {
    return this.dataset;
  }

  /** Steps in rated order. */
  get steps(): readonly StepGroups[] {
    return this.files.steps.flatMap((step) => this.groupsByStep.get(step) ?? []);
  }

  groupsOf(step: number): StepGroups | undefined {
    return this.groupsByStep.get(step);
  }

  evidenceOf(step: number): StepEvidence | undefined {
    return this.evidenceByStep.get(step);
  }

  /** Reads on by about `budget` bytes and brings everything up to date; `more` asks for another turn soon. */
  advance(budget: number, now: number): { readonly changed: boolean; readonly more: boolean } {
    const errorsBefore = this.files.errors.join('\n');
    const pendingBefore = this.files.pendingBytes;
    const { changedSteps, more } = this.files.poll(budget, now);
    const firstLoad = !more && !this.loaded;
    for (const step of changedSteps) this.unrated.add(step);
    const rated = this.isTimeToRate(more) ? this.unrated.size : 0;
    if (!more) this.loaded = true;
    if (rated > 0) this.rateRead();
    const changed = rated > 0 || firstLoad || this.files.pendingBytes !== pendingBefore || this.files.errors.join('\n') !== errorsBefore;
    if (changed) this.revision++;
    return { changed, more };
  }

  /** Reads on what the trainer measured, by about `budget` bytes. */
  advanceMetrics(budget: number, now: number): { readonly changed: boolean; readonly more: boolean } {
    const poll = this.metrics.poll(budget, now);
    if (poll.changed) this.revision++;
    return poll;
  }

  /** On the first load steps grow turn by turn: rating each time would cost many times the reading. */
  private isTimeToRate(more: boolean): boolean {
    if (!more || this.loaded) return true;
    const { read, size } = this.files.progress;
    return read - this.ratedAtByte >= Math.max(minBytesBetweenRatings, size / maxRatingsOfFirstLoad);
  }

  private rateRead(): void {
    this.update(new Set(this.unrated));
    this.unrated.clear();
    this.ratedAtByte = this.files.progress.read;
  }

  /** Gives the run another way to rate, another dataset or other decisions, and rates it anew where that matters. */
  configure(change: { readonly options?: RatingOptions; readonly dataset?: DatasetFile | null; readonly curation?: RunCuration }): void {
    if (change.options !== undefined) this.options = change.options;
    if (change.dataset !== undefined) this.dataset = change.dataset;
    if (change.curation !== undefined) this.curation = change.curation;
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
    this.curation = curation;
    const answersChanged = this.registry.problems.some(({ id }) => before.relabelled(id).length !== curation.relabelled(id).length);
    const first = firstDifference(before.events, curation.events);
    if (answersChanged && this.dataset !== null) this.rebuild();
    else if (first !== null) this.replayFrom(first);
    this.revision++;
  }

  /** Notes how changes are found; true when that is news. */
  notePolling(polling: string | null): boolean {
    if (polling === this.polling) return false;
    this.polling = polling;
    this.revision++;
    return true;
  }

  private logHasIds(): boolean {
    return (this.files.prompts.at(0)?.explicitId ?? null) !== null;
  }

  private rebuild(): void {
    this.history = new CdasHistory(this.options.mode);
    this.bands = new DifficultyBands();
    this.introducedAt.clear();
    this.registry = this.newRegistry();
    this.groupsByStep.clear();
    this.rule = this.inferRule();
    this.regroup(this.files.steps);
    this.replayFrom(0);
  }

  private update(changedSteps: ReadonlySet<number>): void {
    if (changedSteps.size === 0) return;
    for (const step of changedSteps) {
      const rows = this.files.rowsOf(step);
      if (rows.length > 0) this.evidenceByStep.set(step, evidenceOf(rows));
      else this.evidenceByStep.delete(step);
    }
    const rule = this.inferRule();
    if (!sameRule(rule, this.rule) || this.registry.usesExplicitIds !== this.logHasIds()) {
      this.rebuild();
      return;
    }
    this.regroup(changedSteps);
    this.replayFrom(Math.min(...changedSteps));
  }

  private inferRule(): CorrectRule {
    const evidence = mergeEvidence(this.evidenceByStep.values(), this.files.explicitField);
    return inferCorrectRule(evidence, this.options.correctThreshold, this.options.mode);
  }

  private regroup(steps: Iterable<number>): void {
    for (const step of steps) {
      const rows = this.files.rowsOf(step);
      if (rows.length === 0) this.groupsByStep.delete(step);
      else this.groupsByStep.set(step, groupStep(step, rows, this.rule, (prompt) => this.registry.problemOf(prompt)));
    }
  }

  /** Rates again all steps from the first one at or after `step`. */
  private replayFrom(step: number): void {
    const { history } = this;
    let position = history.stepCount;
    while (position > 0 && (history.stepAt(position - 1) ?? -1) >= step) position--;
    history.rewindTo(position);
    this.bands.rewindTo(position);
    for (const [problem, introduced] of this.introducedAt) if (introduced >= position) this.introducedAt.delete(problem);
    for (const groups of this.steps.slice(position)) this.rate(groups);
  }

  private rate(groups: StepGroups): void {
    const position = this.history.stepCount;
    const previous = this.history.stepAt(position - 1) ?? -Infinity;
    const events = this.eventsBetween(previous, groups.step);
    const visits = groups.groups.map(({ problem, correct, scored }) => ({ problem, correct, scored }));
    this.history.appendStep(groups.step, visits, [...this.introduce(groups, position), ...events]);
    this.bands.appendStep(this.history);
  }

  /** Where no dataset says which problems count, a problem joins the mean when it is first seen. */
  private introduce(groups: StepGroups, position: number): StepEvent[] {
    if (this.dataset !== null) return [];
    const fresh = groups.groups.filter(({ problem }) => !this.introducedAt.has(problem));
    for (const { problem } of fresh) this.introducedAt.set(problem, position);
    return fresh.filter(({ problem }) => !this.isExcludedAt(problem, groups.step)).map(({ problem }) => ({ problem, kind: 'include' }));
  }

  private isExcludedAt(problem: number, step: number): boolean {
    const id = this.registry.problems[problem]?.id;
    const last = this.curation.events.findLast((event) => event.problem === id && event.kind !== 'restart' && event.step <= step);
    return last?.kind === 'exclude';
  }

  private eventsBetween(after: number, upTo: number): StepEvent[] {
    return this.curation.events
      .filter(({ step }) => step > after && step <= upTo)
      .flatMap(({ problem, kind }) => {
        const index = this.registry.indexOf(problem);
        return index === undefined ? [] : [{ problem: index, kind }];
      });
  }
}

/** The earliest step of an event that only one of the lists has; null when they are the same. */
function firstDifference(before: readonly CurationEvent[], after: readonly CurationEvent[]): number | null {
  const key = ({ step, problem, kind }: CurationEvent): string => `${step} ${kind} ${problem}`;
  const [known, wanted] = [new Set(before.map(key)), new Set(after.map(key))];
  const steps = [...before.filter((event) => !wanted.has(key(event))), ...after.filter((event) => !known.has(key(event)))].map(({ step }) => step);
  return steps.length === 0 ? null : Math.min(...steps);
}
