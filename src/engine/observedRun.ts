import type { CdasMode } from '../core/cdas';
import type { CdasHistory } from '../core/cdasHistory';
import type { CorrectRule, RewardEvidence } from '../core/correctRule';
import type { DatasetFile } from '../logs/datasets/datasetFile';
import { RunMetrics } from '../logs/metrics/runMetrics';
import type { RunSource } from '../logs/runSource';
import type { DifficultyBands } from './rating/difficultyBands';
import type { ProblemRegistry } from './rating/problemRegistry';
import type { RunEvidence } from './rating/rewardEvidence';
import { RunFiles } from './reading/runFiles';
import { RunRater } from './rating/runRater';
import type { RatingBasis, RatingOptions, RunCuration } from './rating/runRating';
import type { RunTotals } from './rating/runTotals';
import type { StepGroups } from './rating/stepGroups';

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
  private readonly rater: RunRater;
  private ratedAtByte = 0;
  /** Whether the last look at the files came to their end. */
  private isReadToEnd = false;
  /** How often rows went, as far as the rating knows. */
  private knownLosses = 0;

  constructor(
    private described: RunSource,
    options: RatingOptions,
    readonly files = new RunFiles(described),
    ratedPerTurn?: number,
  ) {
    this.metrics = new RunMetrics(described);
    this.rater = new RunRater(files, { options, dataset: null, curation: noCuration }, ratedPerTurn);
  }

  /** Where the run is and how it was configured. */
  get source(): RunSource {
    return this.described;
  }

  /** Takes over that the same log is described otherwise: its configuration came late, or changed. */
  describeAnew(source: RunSource): void {
    this.described = source;
    this.metrics = new RunMetrics(source);
    this.revision++;
  }

  get mode(): CdasMode {
    return this.rater.shown.basis.options.mode;
  }

  /** The dataset under which the run is rated as it is shown. */
  get datasetFile(): DatasetFile | null {
    return this.rater.shown.basis.dataset;
  }

  get registry(): ProblemRegistry {
    return this.rater.shown.problems.registry;
  }

  get history(): CdasHistory {
    return this.rater.shown.history;
  }

  get bands(): DifficultyBands {
    return this.rater.shown.bands;
  }

  get totals(): RunTotals {
    return this.rater.shown.totals;
  }

  get rule(): CorrectRule {
    return this.rater.shown.rule;
  }

  get evidence(): RunEvidence {
    return this.rater.evidence;
  }

  /** Steps in rated order, as they are at the moment. */
  get steps(): readonly StepGroups[] {
    return this.rater.shown.steps;
  }

  groupsOf(step: number): StepGroups | undefined {
    return this.rater.shown.groupsOf(step);
  }

  /** What the rewards of all steps look like. */
  get rewardEvidence(): RewardEvidence {
    return this.rater.rewardEvidence;
  }

  /** Rollouts of steps that none is left of, since others replaced them all. */
  get rowsOfReplacedSteps(): number {
    return this.rater.shown.rowsOfReplacedSteps;
  }

  /** Whether steps are rated anew, which takes further turns; the figures are those of before as long as it does. */
  get isRating(): boolean {
    return this.rater.isAtWork;
  }

  /** Reads on by about `budget` bytes, or rates what was read before; `more` asks for another turn soon. */
  advance(budget: number, now: number): { readonly changed: boolean; readonly more: boolean } {
    const { isRating, reading } = this;
    if (!isRating) this.readOn(budget, now);
    const isNews = this.rater.workOn();
    this.loaded ||= this.isReadToEnd && !this.isRating;
    const changed = isNews || this.reading !== reading;
    if (changed) this.revision++;
    return { changed, more: this.isRating || !this.isReadToEnd };
  }

  /** How far reading and rating are, and what went wrong; a view could show every change of it. */
  private get reading(): string {
    const { loaded, isRating, files } = this;
    return [loaded, isRating, files.pendingBytes, ...files.errors].join('\n');
  }

  private readOn(budget: number, now: number): void {
    const { changedSteps, more } = this.files.poll(budget, now);
    // Bit by bit: of very many prompts at once it would keep everything else waiting.
    this.files.prompts.identify();
    this.isReadToEnd = !more;
    for (const step of changedSteps) this.rater.unseen.add(step);
    if (this.files.losses !== this.knownLosses) this.rater.forgetProblems();
    this.knownLosses = this.files.losses;
    const steps = this.stepsToRate(more);
    if (steps.length === 0) return;
    this.ratedAtByte = this.files.progress.read;
    this.rater.rateSteps(steps);
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
    const steps = [...this.rater.unseen];
    if (steps.length === 0 || !more || this.loaded || this.isTimeToRate()) return steps;
    const newest = steps.reduce((one, other) => Math.max(one, other));
    const rated = this.steps.at(-1)?.step ?? -Infinity;
    return steps.every((step) => step > rated) ? steps.filter((step) => step !== newest) : [];
  }

  private isTimeToRate(): boolean {
    const { read, size } = this.files.progress;
    return read - this.ratedAtByte >= Math.max(minBytesBetweenRatings, size / maxRatingsOfFirstLoad);
  }

  /** Gives the run another way to rate, another dataset or other decisions, and has it rated anew; what fits into one turn at once. */
  configure(change: Partial<RatingBasis>): void {
    const { basis } = this.rater;
    const { options = basis.options, dataset = basis.dataset, curation = basis.curation } = change;
    if (options === basis.options && dataset === basis.dataset && curation === basis.curation) return;
    this.rater.takeBasis({ options, dataset, curation }, true);
    this.rater.workOn();
    // What is new in the files is read after that.
    this.isReadToEnd = false;
    this.revision++;
  }

  /** Takes in decisions: only what they change in the past is rated anew. */
  applyCuration(curation: RunCuration): void {
    const { basis } = this.rater;
    const answersChanged = basis.dataset !== null && this.registry.some(({ id }) => basis.curation.relabelled(id).length !== curation.relabelled(id).length);
    this.rater.takeBasis({ ...basis, curation }, answersChanged);
    this.rater.workOn();
    // What is new in the files is read after that.
    this.isReadToEnd = false;
    this.revision++;
  }

  /** Notes how changes are found; true when that is news. */
  notePolling(polling: string | null): boolean {
    if (polling === this.polling) return false;
    this.polling = polling;
    this.revision++;
    return true;
  }
}
