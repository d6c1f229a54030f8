import { resolve } from 'node:path';
import { CurationStore, type CurationView } from '../engine/decisions/curationStore';
import { unchangedStrategy, type StrategyChoice } from '../core/samplerStrategy';
import { compileSurroundings } from '../engine/decisions/decide';
import type { IndexCache } from '../engine/reading/indexCache';
import { findFacts, type RunFacts } from '../engine/doctor/logFindings';
import type { ObservedRun } from '../engine/observedRun';
import type { ProblemContext } from '../engine/views/problemViews';
import { loadRun, readToEnd } from '../engine/runLoading';
import type { RunCuration } from '../engine/rating/runRating';
import type { RunSource } from '../logs/runSource';
import { ExpectedError } from '../protocol/channel';
import { findRun, type FoundRun } from './findRun';
import type { SessionOptions } from './sessionOptions';
import { warnOfCuration, warnOnce } from './warnings';

const never = (): boolean => false;

/** One run, read to its end, with the decisions of one curation directory. */
export class Session {
  private facts: RunFacts | null = null;

  private constructor(
    readonly run: ObservedRun,
    readonly curation: CurationStore,
    private readonly others: readonly RunSource[],
    private readonly cache: IndexCache | null,
  ) {}

  /** Opens the run that `target` names. Throws an ExpectedError that says what to do, also for a dataset that does not fit, unless `anyDataset`. */
  static async open(target: string, options: SessionOptions & { readonly anyDataset?: boolean; readonly cancelled?: () => boolean }): Promise<Session> {
    const { cancelled = never } = options;
    const found = await findRun(target, options.mappings);
    const curation = new CurationStore(resolve(options.directory));
    curation.poll();
    const settings = {
      options: { mode: options.mode, correctThreshold: options.threshold },
      dataset: options.dataset === null ? null : resolve(options.dataset),
      curation: curationFor(curation, viewOf(curation, found, null)),
      aids: options.aids,
    };
    const run = await loadRun(found.run, settings, { cancelled, progress: () => undefined });
    if (run === null) throw new ExpectedError('Reading was cancelled.');
    if (options.anyDataset !== true && options.dataset !== null && run.datasetFile === null) throw new ExpectedError(run.notes.join(' '));
    const session = new Session(run, curation, found.others, options.aids.cache);
    run.files.errors.forEach(warnOnce);
    warnOfCuration(curation, session.view);
    return session;
  }

  /** Reads on what is new of the run and of the curation directory, and says which of them changed. */
  async advance(): Promise<{ readonly read: boolean; readonly decided: boolean }> {
    const decided = this.curation.poll();
    if (decided) this.run.configure({ curation: curationFor(this.curation, this.view) });
    const before = this.run.revision;
    await readToEnd(this.run, { cancelled: never, progress: () => undefined });
    await this.cache?.saveIfDue(this.run.files, Date.now());
    return { read: this.run.revision !== before, decided };
  }

  /** For which run and step decisions are looked at. */
  get view(): CurationView {
    const found = { run: this.run.source, others: this.others };
    return viewOf(this.curation, found, this.run.steps.at(-1)?.step ?? null);
  }

  /** What the log supports. */
  get findings(): RunFacts {
    if (this.facts?.revision !== this.run.revision) this.facts = findFacts(this.run);
    return this.facts;
  }

  /** The run with its decisions, for the views of its problems. */
  get context(): ProblemContext {
    const { view } = this;
    return { run: this.run, facts: this.findings, curation: this.curation.state(view), standings: this.curation.standingsByProblem(view) };
  }

  /** Writes sampler.json for this run, unless it says the same already. Throws an OperationalError, an ExpectedError for a choice that cannot be obeyed. */
  compile(choice: StrategyChoice = unchangedStrategy): ReturnType<CurationStore['compile']> {
    const { surroundings, problems } = compileSurroundings(this.curation, { run: this.run, facts: this.findings }, choice);
    if (problems.length > 0) throw new ExpectedError(problems.join(' '));
    return this.curation.compile(this.view, surroundings);
  }

  /** Throws an ExpectedError where the log supports no pass rates, and so no difficulty. */
  requireRatings(): void {
    if (!this.findings.supportsDifficulty) throw new ExpectedError(this.findings.refusals.join(' '));
  }
}

function curationFor(store: CurationStore, view: CurationView): RunCuration {
  return { events: store.events(view), relabelled: store.relabelledAnswers() };
}

/** Receipts that name another run found beside this one do not count for it. */
function viewOf(store: CurationStore, { run, others }: FoundRun, lastStep: number | null): CurationView {
  const foreign = new Set(others.flatMap(namesOf));
  for (const name of namesOf(run)) foreign.delete(name);
  return { runNames: new Set([...store.receiptRuns].filter((name) => !foreign.has(name))), lastStep };
}

function namesOf({ id, name, path, logPath }: RunSource): readonly string[] {
  return [id, name, path, logPath];
}
