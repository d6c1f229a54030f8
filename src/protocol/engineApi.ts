import type { CdasMode } from '../core/cdas';
import type { Expiry } from '../core/decision';
import type { FieldMapping } from '../core/fieldMapping';
import type { JsonValue } from '../core/json';
import type { StrategyChoice } from '../core/samplerStrategy';
import type { DashboardState } from './dashboard';
import type { DoctorReport } from './doctor';
import type { ChoiceReport, NextBatch } from './nextBatch';
import type { GroupTexts } from './rollouts';
import type { DecisionStatus, GroupRow, ProblemDetail, ProblemRow, RunSummary, SeriesPoint } from './run';

/** What the engine's worker is told when it starts. */
export interface EngineWorkerData {
  /** A directory of the program's own for the index cache; it may be deleted at any time. */
  readonly cacheDirectory: string;
}

/** What the person set. Paths are absolute. */
export interface EngineSettings {
  /** Directories that are searched for runs. */
  readonly roots: readonly string[];
  /** The `.cdas` directory. */
  readonly curationDirectory: string;
  readonly mode: CdasMode;
  /** A rollout is correct when its reward is at least this; null: infer it from the log. */
  readonly correctThreshold: number | null;
  /** The dataset file; null: the one that the run's own configuration names, if it can be read. */
  readonly dataset: string | null;
  /** How JSONL files of no known format are to be read; absent: no such files. */
  readonly fieldMappings?: readonly FieldMapping[];
  /** How the trainer is to sample; absent: as sampler.json says. */
  readonly sampler?: StrategyChoice;
  /** Milliseconds between looks at a live run. */
  readonly pollMs: number;
  /** `poll`: the file system is not asked to tell of changes; absent: it is, where it can. */
  readonly watch?: 'auto' | 'poll';
  /** False in Restricted Mode: nothing is written. */
  readonly canWrite: boolean;
  /** Who decides, for the `by` field: git's `user.name <user.email>` or the OS user. */
  readonly author: string;
}

/** What pin, exclude, relabel and clear ask of the engine. */
export interface DecideRequest {
  readonly run: string | null;
  readonly action: 'pin' | 'exclude' | 'relabel' | 'clear' | 'note';
  readonly problems: readonly string[];
  readonly groundTruth?: JsonValue;
  readonly reason?: string;
  readonly expires?: Expiry;
}

/** The decisions that were written, and the sampler.json that now holds them. */
export interface DecideResult {
  readonly decisions: readonly { readonly id: string; readonly problem: string | null; readonly action: string }[];
  readonly samplerPath: string;
  readonly generation: number;
}

/** How a list of problems is asked for. */
export interface ProblemQuery {
  readonly run: string;
  readonly sort: 'difficulty' | 'alignment' | 'passRate' | 'visits' | 'lastStep' | 'id';
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
  /** Only problems whose id or text contains this. */
  readonly search?: string;
  readonly membership?: 'pin' | 'exclude' | 'relabelled' | 'decided';
}

/** One page of rows; `total` counts all that fit the query. */
export interface Page<Row> {
  readonly revision: number;
  readonly total: number;
  readonly rows: readonly Row[];
}

/** A line of a dataset file as the editor holds it. */
export interface DatasetLine {
  readonly line: number;
  readonly text: string;
}

/** What a run knows of the problem on a line of a dataset file. */
export interface LineAnnotation {
  readonly line: number;
  /** The id under which the run knows the row. */
  readonly id: string;
  readonly problem: ProblemDetail;
}

/** What Recompute Difficulty found. */
export interface RecomputeReport {
  readonly run: string;
  readonly mode: CdasMode;
  readonly correctRule: string;
  readonly steps: number;
  readonly problems: number;
  /** Problems whose difficulty differs from what was shown before, and the largest difference. */
  readonly changed: number;
  readonly largestChange: number;
  readonly competenceBefore: number | null;
  readonly competenceAfter: number | null;
  readonly readMs: number;
}

/** Decisions that a trainer does not follow for one and the same reason. */
export interface NotFollowed {
  /** Why, and what to do. */
  readonly why: string;
  readonly count: number;
  /** The first few problems. */
  readonly examples: readonly string[];
}

/** The state of the `.cdas` directory. */
export interface CurationSummary {
  readonly directory: string;
  readonly decisions: number;
  readonly pinned: number;
  readonly excluded: number;
  readonly relabelled: number;
  readonly pending: number;
  /** Pins, exclusions and relabels in force that the trainer follows. */
  readonly followed: number;
  /** Decisions in force that the trainer does not follow, by why; examples are problem ids. */
  readonly notFollowed: readonly NotFollowed[];
  /** Damaged lines, conflicts, a sampler.json edited by hand: each a sentence that says what to do. */
  readonly warnings: readonly string[];
  /** The newest receipt that counts for the run. */
  readonly lastReceipt: { readonly at: string; readonly step: number; readonly generation: number; readonly adapter: string } | null;
}

/** What the engine answers. Every method rejects with a message fit to show. */
export interface EngineApi {
  configure(settings: EngineSettings): void;
  /** The known runs, newest first; `rescan` searches the roots again. */
  runs(params: { readonly rescan: boolean }): readonly RunSummary[];
  /** The steps of a run, newest first. */
  steps(params: { readonly run: string; readonly offset: number; readonly limit: number }): Page<SeriesPoint>;
  groups(params: { readonly run: string; readonly step: number }): readonly GroupRow[];
  problems(query: ProblemQuery): Page<ProblemRow>;
  problem(params: { readonly run: string; readonly id: string }): ProblemDetail | null;
  /** The texts of a problem's rollouts, of one step or of the last step that has any. */
  rollouts(params: { readonly run: string; readonly id: string; readonly step: number | null }): GroupTexts;
  /** `metrics` names the training metrics to draw; null leaves the choice to the engine. */
  dashboard(params: { readonly run: string; readonly widthPx: number; readonly metrics?: readonly string[] | null }): DashboardState;
  /** Facts for lines of a dataset file, from one run. Lines that are no dataset rows, or rows that the run does not know, are left out. */
  annotate(params: { readonly run: string; readonly lines: readonly DatasetLine[] }): readonly LineAnnotation[];
  /** Reads the run's logs again from the first byte and rates them anew. Cancellable; reports progress 0 to 1. */
  recompute(params: { readonly run: string }): RecomputeReport;
  /** Reads the run on to its present end and says what its log is and supports. Cancellable; reports progress 0 to 1. */
  doctor(params: { readonly run: string }): DoctorReport;
  /** The batch that the strategy in force chooses next; `size` null: as the trainer or the run has it. */
  nextBatch(params: { readonly run: string; readonly size: number | null; readonly problem: string | null }): NextBatch;
  /** Why a problem is in that batch or not; null when the run does not know it. */
  explain(params: { readonly run: string; readonly problem: string; readonly size: number | null }): ChoiceReport | null;
  decide(request: DecideRequest): DecideResult;
  /** Undoes a decision, or the newest one that is still in force when `decision` is null. */
  revert(params: { readonly run: string | null; readonly decision: string | null }): DecideResult;
  /** The decisions as they stand with a run's trainer, oldest first, with the start of the text of those that a list shows; `run` null: with all trainers, without texts. */
  decisions(params: { readonly run: string | null }): readonly (DecisionStatus & { readonly problem: string | null; readonly title: string | null })[];
  curation(params: Record<string, never>): CurationSummary;
  /** Marks which runs are on screen: they are polled at the live rate, the others slower. */
  focus(params: { readonly runs: readonly string[] }): void;
}

/** What the engine tells without being asked: that something changed, never what. */
export interface EngineEvents {
  runsChanged: { readonly revision: number };
  runChanged: { readonly run: string; readonly revision: number };
  curationChanged: { readonly revision: number };
  log: { readonly level: 'info' | 'warn' | 'error'; readonly message: string };
}
