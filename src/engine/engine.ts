import { setImmediate as nextTurn } from 'node:timers/promises';
import { OperationalError } from '../core/errors';
import { parseDatasetLine } from '../logs/datasets/datasetFile';
import { answerJson, canonicalJson } from '../core/json';
import { chooseStrategy, unchangedStrategy } from '../core/samplerStrategy';
import { textHash } from '../core/identity';
import { CancelledError, ExpectedError, type CallContext, type Handlers } from '../protocol/channel';
import type { DoctorReport } from '../protocol/doctor';
import type { CurationSummary, DecideResult, EngineApi, EngineSettings, LineAnnotation, Page, ProblemQuery, RecomputeReport } from '../protocol/engineApi';
import type { GroupRow, ProblemRow } from '../protocol/run';
import type { BatchPlan } from './batch/batchPlan';
import { BatchPlans } from './batch/batchPlans';
import { CurationStore } from './decisions/curationStore';
import { dashboardState } from './views/dashboardView';
import { decisionRows } from './views/decisionRows';
import { compileSurroundings, draftDecisions, draftUndo, newestInForce } from './decisions/decide';
import { examineLog } from './doctor/doctor';
import { gatherEvidence } from './doctor/doctorEvidence';
import { describeBatch, explainChoice } from './batch/nextBatch';
import { orderById } from './views/idOrder';
import type { ObservedRun } from './observedRun';
import { groupRows, problemDetail, problemPage } from './views/problemViews';
import { searchProblems } from './views/problemSearch';
import { noAids, type ReadingAids } from './reading/readingAids';
import { RunCatalog } from './runCatalog';
import { loadRun } from './runLoading';
import { newestSteps } from './views/runSummary';
import { compareRuns } from './recompute';
import { groupTexts } from './reading/rolloutTexts';

/** What the engine does when something it was not asked about changes. */
export interface EngineListener {
  readonly onRunChanged: (run: string) => void;
  readonly onRunsChanged: () => void;
  readonly onCurationChanged: () => void;
}

/** Runs under observation, the decisions about them, and everything the views ask. One per front end. */
export class Engine {
  readonly catalog: RunCatalog;
  readonly curation: CurationStore;
  /** Runs that are on screen. */
  focused: ReadonlySet<string> = new Set();
  private readonly plans: BatchPlans;
  /** Why the strategy of the settings is not in sampler.json, in sentences. */
  private strategyProblems: readonly string[] = [];
  /** Set until sampler.json has been looked at under the settings in force. */
  private strategyUnchecked = true;

  constructor(
    private settings: EngineSettings,
    private readonly listener: EngineListener,
    aids: ReadingAids = noAids,
  ) {
    this.curation = new CurationStore(settings.curationDirectory);
    this.catalog = new RunCatalog(settings, this.curation, aids);
    this.plans = new BatchPlans(this.curation, () => this.settings.sampler ?? unchangedStrategy);
    this.curation.poll();
  }

  get pollMs(): number {
    return this.settings.pollMs;
  }

  get watch(): 'auto' | 'poll' {
    return this.settings.watch ?? 'auto';
  }

  /** Whether these settings can be taken over; other roots field mappings or another curation directory need a new engine. */
  accepts(settings: EngineSettings): boolean {
    const search = ({ curationDirectory, roots, fieldMappings = [] }: EngineSettings): string => JSON.stringify([curationDirectory, roots, fieldMappings]);
    return search(settings) === search(this.settings);
  }

  changeSettings(settings: EngineSettings): void {
    this.strategyUnchecked ||= JSON.stringify(settings.sampler) !== JSON.stringify(this.settings.sampler);
    this.settings = settings;
    this.catalog.changeSettings(settings);
    for (const run of this.catalog.all) this.listener.onRunChanged(run.source.id);
  }

  /** The answers to everything but `configure`, which decides which engine there is. */
  handlers(): Omit<Handlers<EngineApi>, 'configure'> {
    const { catalog, curation } = this;
    return {
      runs: async ({ rescan }) => {
        if (rescan && (await catalog.rescan())) this.listener.onRunsChanged();
        return catalog.all.map((run) => catalog.summary(run));
      },
      steps: ({ run, ...page }) => {
        const observed = catalog.get(run);
        return { revision: observed.revision, total: observed.steps.length, rows: newestSteps(observed, catalog.facts(run), page) };
      },
      groups: ({ run, step }) => this.listGroups(run, step),
      problems: (query) => this.findProblems(query),
      problem: ({ run, id }) => {
        const context = catalog.context(run);
        const index = context.run.registry.indexOf(id);
        return index === undefined ? null : problemDetail(context, index);
      },
      rollouts: ({ run, id, step }) => groupTexts(catalog.context(run), id, step),
      dashboard: ({ run, ...shown }) => {
        const context = catalog.context(run);
        return dashboardState(context, this.summaryOf(context.run), shown);
      },
      annotate: ({ run, lines }) => this.annotate(run, lines),
      recompute: ({ run }, context) => this.recompute(run, context),
      nextBatch: ({ run, size, problem }) => guard(() => describeBatch(this.plan(run, size), problem)),
      explain: ({ run, problem, size }) => guard(() => explainChoice(this.plan(run, size), problem)),
      doctor: ({ run }, context) => this.examine(run, context),
      decide: (request) => guard(() => this.decide(request)),
      revert: ({ run, decision }) => guard(() => this.revert(run, decision)),
      decisions: ({ run }) => {
        const context = run === null ? null : catalog.context(run);
        return decisionRows(curation.standings(catalog.view(context?.run ?? null)), context);
      },
      curation: () => this.summaryOf(this.onlyFocused()),
      focus: ({ runs }) => {
        this.focused = new Set(runs);
      },
    };
  }

  /** Compiles the decisions for a run into sampler.json; says whether it changed. */
  private compile(run: ObservedRun | null): ReturnType<CurationStore['compile']> {
    const rated = run === null ? null : { run, facts: this.catalog.facts(run.source.id) };
    const { surroundings, problems } = compileSurroundings(this.curation, rated, this.settings.sampler ?? unchangedStrategy);
    this.strategyProblems = problems;
    return this.curation.compile(this.catalog.view(run), surroundings);
  }

  /** Compiles anew when sampler.json lacks decisions, one has lapsed or another strategy was set, and this engine may write. Throws an OperationalError. */
  recompileIfStale(run: ObservedRun | null): void {
    if (!this.settings.canWrite) return;
    if (this.isStrategyStale()) this.compile(run);
    if (this.curation.decisions.length === 0) return;
    const view = this.catalog.view(run);
    if (this.curation.hasLapsed(view) || !this.curation.isCompiled(view)) this.compile(run);
  }

  /** Looked at once per change of the settings: what is in the file stays until somebody asks for something else. */
  private isStrategyStale(): boolean {
    if (!this.strategyUnchecked) return false;
    const { strategy } = this.curation.lastSurroundings;
    this.strategyUnchecked = false;
    const wanted = chooseStrategy(strategy, this.settings.sampler ?? unchangedStrategy);
    this.strategyProblems = wanted.problems;
    return canonicalJson(wanted.strategy) !== canonicalJson(strategy);
  }

  private summaryOf(run: ObservedRun | null): CurationSummary {
    const summary = this.curation.summary(this.catalog.view(run));
    return { ...summary, warnings: [...this.strategyProblems, ...summary.warnings] };
  }

  private onlyFocused(): ObservedRun | null {
    const [id] = this.focused;
    return id !== undefined && this.catalog.has(id) ? this.catalog.get(id) : null;
  }

  private annotate(id: string, lines: Parameters<Handlers<EngineApi>['annotate']>[0]['lines']): readonly LineAnnotation[] {
    const context = this.catalog.context(id);
    return lines.flatMap(({ line, text }) => {
      const row = parseDatasetLine(text);
      if (row === null) return [];
      const answer = row.groundTruth === undefined ? null : answerJson(row.groundTruth);
      const problem = context.run.registry.findRow(row.explicitId, textHash(row.text), answer);
      if (problem === null) return [];
      const detail = problemDetail(context, problem);
      return [{ line, id: detail.id, problem: detail }];
    });
  }

  private async listGroups(run: string, step: number): Promise<readonly GroupRow[]> {
    const rows: GroupRow[] = [];
    for (const part of groupRows(this.catalog.context(run), step)) {
      rows.push(...part);
      await nextTurn();
    }
    return rows;
  }

  private async findProblems(query: ProblemQuery): Promise<Page<ProblemRow>> {
    const byId = query.sort === 'id' ? await orderById(this.catalog.get(query.run).registry) : null;
    const isFound = await searchProblems(this.catalog.get(query.run), query);
    return problemPage(this.catalog.context(query.run), query, isFound, byId);
  }

  private async recompute(id: string, { cancelled, progress }: CallContext): Promise<RecomputeReport> {
    const before = this.catalog.get(id);
    const started = performance.now();
    const settings = { options: this.catalog.options, dataset: this.settings.dataset, curation: this.catalog.curationFor(before) };
    const after = await loadRun(before.source, settings, { cancelled, progress });
    if (after === null) throw new CancelledError();
    const report = compareRuns(before, after, performance.now() - started);
    this.catalog.replace(after);
    this.listener.onRunChanged(id);
    return report;
  }

  private plan(id: string, size: number | null): BatchPlan {
    const context = this.catalog.context(id);
    return this.plans.plan(context, { view: this.catalog.view(context.run), choice: unchangedStrategy, size });
  }

  private async examine(id: string, { cancelled, progress }: CallContext): Promise<DoctorReport> {
    let changed = false;
    for (;;) {
      const turn = await this.catalog.advance(id);
      changed ||= turn.changed;
      if (cancelled()) throw new CancelledError();
      if (!turn.more) break;
      const { read, size } = this.catalog.get(id).files.progress;
      progress(size === 0 ? 0 : read / size);
      await nextTurn();
    }
    const run = this.catalog.get(id);
    if (changed) this.listener.onRunChanged(id);
    return examineLog(run, this.catalog.facts(id), gatherEvidence(run));
  }

  private decide(request: Parameters<EngineApi['decide']>[0]): DecideResult {
    this.refuseUnlessWritable();
    this.curation.poll();
    const context = request.run === null ? null : this.catalog.context(request.run);
    const curation = context?.curation ?? this.curation.state(this.catalog.view(null));
    return this.append(draftDecisions(request, curation, context), context?.run ?? null);
  }

  private revert(runId: string | null, decision: string | null): DecideResult {
    this.refuseUnlessWritable();
    this.curation.poll();
    const run = runId === null ? null : this.catalog.get(runId);
    const view = this.catalog.view(run);
    const standings = this.curation.standings(view);
    const undone = decision === null ? newestInForce(standings) : standings.find((standing) => standing.decision.id === decision)?.decision;
    if (undone === undefined) throw new ExpectedError(`There is no decision ${decision ?? ''}.`);
    return this.append(draftUndo(undone, this.curation.state(view)), run);
  }

  private append(drafts: ReturnType<typeof draftDecisions>, run: ObservedRun | null): DecideResult {
    const written = this.curation.append(drafts, this.settings.author);
    const { path, generation } = this.compileRecorded(run);
    this.listener.onCurationChanged();
    return {
      decisions: written.map(({ id, problem, action }) => ({ id, problem: problem ?? null, action })),
      samplerPath: path,
      generation,
    };
  }

  /** What was decided stands in decisions.jsonl whatever becomes of sampler.json, which is compiled again at every poll until it can be written. */
  private compileRecorded(run: ObservedRun | null): ReturnType<CurationStore['compile']> {
    try {
      return this.compile(run);
    } catch (error) {
      this.listener.onCurationChanged();
      if (!(error instanceof OperationalError)) throw error;
      throw new OperationalError(`The decision is recorded in decisions.jsonl, but sampler.json, which trainers read, does not have it yet. ${error.message} Do not repeat the decision: sampler.json is updated as soon as it can be written.`, error.code);
    }
  }

  private refuseUnlessWritable(): void {
    if (!this.settings.canWrite) {
      throw new ExpectedError('This workspace is in Restricted Mode: CDAS Lens reads it but writes no decisions. Trust the workspace to pin, exclude or relabel.');
    }
  }
}

/** Operational errors are fit to show as they are. */
function guard<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof OperationalError ? new ExpectedError(error.message) : error;
  }
}
