import type { Decision, Receipt } from '../../core/decision';
import type { CurationMoment, CurationState } from '../../core/decisionFold';
import { curationEvents, receiptsOfRun, type CurationEvent, type DecisionStanding, type StandingInput } from '../../core/decisionStatus';
import { OperationalError } from '../../core/errors';
import { canonicalJson } from '../../core/json';
import { compileSamplerConfig, samplerDigest, type SamplerInput } from '../../core/samplerConfig';
import { holdsLapsed } from '../../core/samplerLapsed';
import { readSurroundings } from '../../core/samplerSurroundings';
import { DecisionLog, type DecisionDraft } from '../../curation/decisionLog';
import { ReceiptLog } from '../../curation/receiptLog';
import { SamplerFile } from '../../curation/samplerFile';
import type { CurationSummary } from '../../protocol/engineApi';
import { notFollowed } from './notFollowed';
import { CurationFold } from './curationFold';

/** Says for which run, and when, decisions are looked at. */
export interface CurationView {
  /** Names under which the run's receipts may go; null: all receipts. */
  readonly runNames: ReadonlySet<string> | null;
  readonly lastStep: number | null;
}

/** What a run puts into sampler.json besides the decisions. */
export type RunSurroundings = Omit<SamplerInput, 'curation'>;

/** sampler.json as it was compiled, and whether it had to be written. */
export interface CompiledSampler {
  readonly path: string;
  readonly generation: number;
  readonly written: boolean;
}

/** Decisions that come in without end must not keep one program compiling for ever. */
const maxCompilations = 5;

/** Put in by the bundler; code that runs unbundled has no version. */
declare const CDAS_LENS_VERSION: string | undefined;

/** What goes into the `writer` field of sampler.json. */
export const writerName = `cdas-lens ${typeof CDAS_LENS_VERSION === 'string' ? CDAS_LENS_VERSION : 'development'}`;

/** The curation directory under observation: decisions, receipts and the compiled sampler.json. */
export class CurationStore {
  revision = 1;
  private readonly decisionLog: DecisionLog;
  private readonly receiptLog: ReceiptLog;
  private readonly samplerFile: SamplerFile;
  private readonly knownDigests = new Map<string, ReadonlySet<string>>();
  private operationalWarnings: readonly string[] = [];
  private samplerWarning: string | null = null;
  private samplerFailure: string | null = null;
  /** The revision at which sampler.json was seen to hold every decision. */
  private compiledRevision = 0;
  /** Set when decisions came in while sampler.json was written, until the next look tells of them. */
  private cameMeanwhile = false;
  private compiledExpired: string | null = null;
  /** By the names of a run, as long as nothing is added. */
  private readonly folds = new Map<string, CurationFold>();
  private foldsRevision = 0;

  constructor(readonly directory: string) {
    this.decisionLog = new DecisionLog(directory);
    this.receiptLog = new ReceiptLog(directory);
    this.samplerFile = new SamplerFile(directory);
  }

  get decisionsPath(): string {
    return this.decisionLog.path;
  }

  /** The run names that receipts carry. */
  get receiptRuns(): ReadonlySet<string> {
    return new Set(this.receiptLog.receipts.map(({ run }) => run));
  }

  get decisions(): readonly Decision[] {
    return this.decisionLog.decisions;
  }

  /** Looks at the files; true when anything changed. A file that cannot be read becomes a warning and keeps what was known. */
  poll(): boolean {
    const warnings: string[] = [];
    const changed = [this.decisionLog, this.receiptLog].map((log) => {
      try {
        return log.refresh();
      } catch (error) {
        if (!(error instanceof OperationalError)) throw error;
        warnings.push(error.message);
        return false;
      }
    });
    const differs = this.cameMeanwhile || changed.includes(true) || warnings.join('\n') !== this.operationalWarnings.join('\n');
    this.operationalWarnings = warnings;
    this.cameMeanwhile = false;
    if (differs) this.revision++;
    return differs;
  }

  state(view: CurationView): CurationState {
    return this.fold(view).state;
  }

  standings(view: CurationView): readonly DecisionStanding[] {
    return this.fold(view).standings;
  }

  /** The same by the problem that they are about. */
  standingsByProblem(view: CurationView): ReadonlyMap<string, readonly DecisionStanding[]> {
    return this.fold(view).byProblem;
  }

  events(view: CurationView): readonly CurationEvent[] {
    return curationEvents(this.standingInput(view));
  }

  /** Canonical JSON of every answer that a decision has ever given a problem. */
  relabelledAnswers(): (problem: string) => readonly string[] {
    const answers = new Map<string, string[]>();
    for (const { action, problem, groundTruth } of this.decisions) {
      if (action !== 'relabel' || problem === undefined || groundTruth === undefined) continue;
      answers.set(problem, [...(answers.get(problem) ?? []), canonicalJson(groundTruth)]);
    }
    return (problem) => answers.get(problem) ?? [];
  }

  append(drafts: readonly DecisionDraft[], author: string): readonly Decision[] {
    const decisions = this.decisionLog.append(drafts, { by: author, now: new Date() });
    this.revision++;
    return decisions;
  }

  /** The run and the state that sampler.json was last compiled for. Throws an OperationalError when it cannot be read. */
  get lastSurroundings(): ReturnType<typeof readSurroundings> {
    return this.notingFailure(() => readSurroundings(this.samplerFile.readText()));
  }

  /** Changes whenever sampler.json does, whoever writes it. */
  get samplerStamp(): string {
    return this.samplerFile.stamp;
  }

  /** Compiles the decisions into sampler.json, unless it says the same already; without a run it keeps what it says of the last one. Throws an OperationalError. */
  compile(view: CurationView, run: RunSurroundings | null): CompiledSampler {
    const compiled = this.notingFailure(() => this.compileToLast(view, run));
    this.samplerFailure = null;
    return compiled;
  }

  /** What keeps sampler.json from being compiled is among the warnings until it has been. */
  private notingFailure<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (error instanceof OperationalError) this.samplerFailure = error.message;
      throw error;
    }
  }

  /**
   * Two programs can append at once and compile in the other order, so that the older state would be written last:
   * whoever has written looks again, and the last one to write has seen every decision.
   */
  private compileToLast(view: CurationView, run: RunSurroundings | null): CompiledSampler {
    let written = false;
    for (let attempt = 1; ; attempt++) {
      const compiled = this.compileOnce(view, run);
      written ||= compiled.written;
      if (attempt === maxCompilations || !this.decisionLog.refresh()) return { ...compiled, written };
      this.revision++;
      this.cameMeanwhile = true;
    }
  }

  private compileOnce(view: CurationView, run: RunSurroundings | null): CompiledSampler {
    const curation = this.state(view);
    const body = compileSamplerConfig({ ...(run ?? { ...this.lastSurroundings, writer: writerName }), curation });
    this.knownDigests.set(samplerDigest(body), new Set(curation.decisions.map(({ id }) => id)));
    this.folds.clear();
    this.compiledExpired = expiredIds(curation);
    const { path, warning, written } = this.samplerFile.write(body, new Date());
    if (warning !== null) this.samplerWarning = warning;
    if (written) this.revision++;
    this.compiledRevision = this.revision;
    return { path, generation: curation.generation, written };
  }

  /** Whether a decision has lapsed since sampler.json was last compiled, here or by another program before. */
  hasLapsed(view: CurationView): boolean {
    const state = this.state(view);
    const expired = expiredIds(state);
    if (this.compiledExpired !== null) return this.compiledExpired !== expired;
    if (expired !== '' && holdsLapsed(this.samplerFile.readText() ?? '', state)) return true;
    this.compiledExpired = expired;
    return false;
  }

  /** Whether sampler.json on disk holds as many decisions as there are. One of a newer version is left to that version. */
  isCompiled(view: CurationView): boolean {
    if (this.compiledRevision === this.revision) return true;
    const onDisk = this.samplerFile.read();
    const holdsAll = onDisk?.kind === 'config' && onDisk.intact && onDisk.generation === this.state(view).generation;
    if (holdsAll || onDisk?.kind === 'newer') this.compiledRevision = this.revision;
    return this.compiledRevision === this.revision;
  }

  /** What a summary says, for one run. */
  summary(view: CurationView): CurationSummary {
    const state = this.state(view);
    const curations = [...state.problems.values()];
    const standings = this.standings(view);
    const last = this.receiptsOf(view).at(-1);
    const ofSampler = [this.samplerFailure, this.samplerWarning].filter((warning) => warning !== null);
    const unfollowed = (last?.sampler?.ignored ?? []).map((what) => `The trainer cannot follow every part of its strategy: ${what}.`);
    const warnings = [...ofSampler, ...unfollowed, ...this.operationalWarnings, ...this.decisionLog.warnings, ...this.receiptLog.warnings, ...state.warnings];
    return {
      directory: this.directory,
      decisions: state.decisions.length,
      pinned: curations.filter(({ membership }) => membership === 'pin').length,
      excluded: curations.filter(({ membership }) => membership === 'exclude').length,
      relabelled: curations.filter(({ relabel }) => relabel !== null).length,
      notFollowed: notFollowed(standings),
      followed: standings.filter(asksAndIsActive).length,
      pending: standings.filter((standing) => standing.state === 'pending').length,
      warnings,
      lastReceipt: last === undefined ? null : { at: last.at, step: last.appliedAtStep, generation: last.generation, adapter: last.adapter },
    };
  }

  /** The receipts that count for a run, oldest first. */
  receiptsOf({ runNames }: CurationView): readonly Receipt[] {
    const { receipts } = this.receiptLog;
    return runNames === null ? receipts : receiptsOfRun(receipts, runNames);
  }

  private fold(view: CurationView): CurationFold {
    if (this.foldsRevision !== this.revision) this.folds.clear();
    this.foldsRevision = this.revision;
    const names = view.runNames === null ? '' : JSON.stringify([...view.runNames].sort());
    const known = this.folds.get(names);
    if (known?.holdsAt(moment(view)) === true) return known;
    const fold = new CurationFold(this.standingInput(view));
    this.folds.set(names, fold);
    return fold;
  }

  private standingInput(view: CurationView): StandingInput {
    return {
      decisions: this.decisions,
      receipts: this.receiptsOf(view),
      knownDigests: this.knownDigests,
      at: moment(view),
    };
  }
}

function expiredIds(state: CurationState): string {
  return [...state.expired].sort().join(' ');
}

function moment(view: CurationView): CurationMoment {
  return { step: view.lastStep, now: new Date().toISOString() };
}

/** An undo, a clear and a note ask nothing more of a trainer once they count. */
function asksAndIsActive({ state, decision: { action } }: DecisionStanding): boolean {
  return state === 'active' && (action === 'pin' || action === 'exclude' || action === 'relabel');
}
