import { setImmediate as nextTurn } from 'node:timers/promises';
import { datasetStamp } from '../logs/datasets/datasetFile';
import { discoverRuns } from '../logs/discovery/discover';
import { mayStillBeThere } from '../logs/discovery/lostRuns';
import type { RunSource } from '../logs/runSource';
import { ExpectedError } from '../protocol/channel';
import type { EngineSettings } from '../protocol/engineApi';
import type { RunSummary } from '../protocol/run';
import type { CurationStore, CurationView } from './decisions/curationStore';
import { findFacts, type RunFacts } from './doctor/logFindings';
import { ObservedRun } from './observedRun';
import type { ProblemContext } from './views/problemViews';
import { filesOf, noAids, type ReadingAids } from './reading/readingAids';
import type { RatingOptions, RunCuration } from './rating/runRating';
import { attachDataset, metricBytesPerTurn, datasetPathOf, dropForeignDataset, TurnBudget } from './runLoading';
import { summariseRun } from './views/runSummary';

interface CataloguedRun {
  run: ObservedRun;
  facts: RunFacts | null;
  /** The dataset as last tried: path and stamp. */
  datasetTried: string | null;
  curationRevision: number;
  readonly budget: TurnBudget;
}

/** The runs that were found, each under observation. */
export class RunCatalog {
  /** Directories that could not be searched, with the reason. */
  problems: readonly string[] = [];
  private readonly runs = new Map<string, CataloguedRun>();
  private search: Promise<boolean> | null = null;

  constructor(
    private settings: EngineSettings,
    private readonly curation: CurationStore,
    private readonly aids: ReadingAids = noAids,
  ) {}

  /** The known runs, the one written last first. */
  get all(): readonly ObservedRun[] {
    const runs = [...this.runs.values()].map(({ run }) => ({ run, writtenAt: run.files.writes.last ?? 0 }));
    return runs.sort((a, b) => b.writtenAt - a.writtenAt).map(({ run }) => run);
  }

  /** Searches the roots; true when runs came or went. Who asks during a search waits for that one. What is known of a run that is still there is kept. */
  rescan(): Promise<boolean> {
    this.search ??= this.searchRoots().finally(() => {
      this.search = null;
    });
    return this.search;
  }

  private async searchRoots(): Promise<boolean> {
    const { runs, problems, unsearched } = await discoverRuns(this.settings.roots, this.settings.fieldMappings);
    const found = new Map(runs.map((source) => [source.id, source]));
    let changed = problems.join('\n') !== this.problems.join('\n');
    this.problems = problems;
    for (const [id, { run }] of this.runs) {
      if (!found.has(id) && !mayStillBeThere(run.source, unsearched)) changed = this.runs.delete(id);
    }
    for (const source of found.values()) {
      const known = this.runs.get(source.id)?.run;
      if (known !== undefined && isSameLog(known.source, source)) {
        if (isDescribedAlike(known.source, source)) continue;
        known.describeAnew(source);
      } else await this.add(source);
      changed = true;
    }
    return changed;
  }

  /** Takes new settings over; runs are rated anew where the settings say so. */
  changeSettings(settings: EngineSettings): void {
    const rated = settings.mode !== this.settings.mode || settings.correctThreshold !== this.settings.correctThreshold;
    this.settings = settings;
    for (const entry of this.runs.values()) {
      if (rated) entry.run.configure({ options: this.options });
    }
  }

  get options(): RatingOptions {
    return { mode: this.settings.mode, correctThreshold: this.settings.correctThreshold };
  }

  get(id: string): ObservedRun {
    return this.entry(id).run;
  }

  has(id: string): boolean {
    return this.runs.has(id);
  }

  /** Puts a freshly read run in the place of the one that was observed. */
  replace(run: ObservedRun): void {
    const entry = this.entry(run.source.id);
    run.revision += entry.run.revision;
    run.metrics = entry.run.metrics;
    entry.run = run;
    entry.facts = null;
  }

  /** Reads a run on by one turn, with its dataset and the decisions taken in first. */
  async advance(id: string): Promise<{ readonly changed: boolean; readonly more: boolean }> {
    const entry = this.entry(id);
    const { run } = entry;
    const revision = run.revision;
    await this.refreshDataset(entry);
    this.refreshCuration(entry);
    const { more } = entry.budget.spend((bytes) => run.advance(bytes, Date.now()));
    if (!more) dropForeignDataset(run);
    // Written piece by piece between other work, which does not wait for it.
    if (!more) void this.aids.cache?.saveIfDue(run.files, Date.now());
    const metrics = run.advanceMetrics(metricBytesPerTurn, Date.now());
    return { changed: run.revision !== revision, more: more || run.isRating || metrics.more };
  }

  facts(id: string): RunFacts {
    const entry = this.entry(id);
    if (entry.facts?.revision !== entry.run.revision) entry.facts = findFacts(entry.run);
    return entry.facts;
  }

  summary(run: ObservedRun): RunSummary {
    return summariseRun(run, this.facts(run.source.id), Date.now());
  }

  /** A run with the decisions about it. */
  context(id: string): ProblemContext {
    const { run } = this.entry(id);
    const view = this.view(run);
    return { run, facts: this.facts(id), curation: this.curation.state(view), standings: this.curation.standingsByProblem(view) };
  }

  /** Looks at the names, sizes and times of a run's files, without reading them; true when they changed. */
  look(id: string): boolean {
    const { run } = this.entry(id);
    const before = run.files.writes.last;
    run.files.look();
    return run.files.writes.last !== before;
  }

  /** For which run decisions are looked at: the receipts that name another known run do not count for it. */
  view(run: ObservedRun | null): CurationView {
    if (run === null) return { runNames: null, lastStep: null };
    const foreign = new Set(this.all.filter((other) => other !== run).flatMap((other) => namesOf(other.source)));
    for (const name of namesOf(run.source)) foreign.delete(name);
    const runNames = new Set([...this.curation.receiptRuns].filter((name) => !foreign.has(name)));
    return { runNames, lastStep: run.steps.at(-1)?.step ?? null };
  }

  /** What the decisions change about a run's numbers. */
  curationFor(run: ObservedRun): RunCuration {
    return { events: this.curation.events(this.view(run)), relabelled: this.curation.relabelledAnswers() };
  }

  private entry(id: string): CataloguedRun {
    const entry = this.runs.get(id);
    if (entry === undefined) throw new ExpectedError(`The run ${id} no longer exists.`);
    return entry;
  }

  private async add(source: RunSource): Promise<void> {
    const run = new ObservedRun(source, this.options, filesOf(source, this.aids));
    // Looking at the files of many runs, or at very many files, takes its time.
    while (!run.files.look()) await nextTurn();
    await nextTurn();
    this.runs.set(source.id, { run, facts: null, datasetTried: null, curationRevision: 0, budget: new TurnBudget() });
  }

  private async refreshDataset(entry: CataloguedRun): Promise<void> {
    const path = datasetPathOf(entry.run.source, this.settings.dataset);
    const tried = path === null ? '' : `${path} ${datasetStamp(path)}`;
    if (tried === entry.datasetTried) return;
    entry.datasetTried = tried;
    await attachDataset(entry.run, path);
  }

  private refreshCuration(entry: CataloguedRun): void {
    if (entry.curationRevision === this.curation.revision) return;
    entry.curationRevision = this.curation.revision;
    entry.run.applyCuration(this.curationFor(entry.run));
  }
}

/** In the place of a log another trainer may have begun one of its own. */
function isSameLog(a: RunSource, b: RunSource): boolean {
  return a.format.framework === b.format.framework && a.variant === b.variant;
}

/** A configuration may come after the log, and change with the next launch. */
function isDescribedAlike(a: RunSource, b: RunSource): boolean {
  const description = ({ path, config, holdsValidation }: RunSource): string => JSON.stringify([path, config, holdsValidation ?? false]);
  return description(a) === description(b);
}

function namesOf(source: RunSource): readonly string[] {
  return [source.id, source.name, source.path, source.logPath];
}
