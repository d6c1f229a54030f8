import type { Membership } from '../core/decision';
import type { DecisionState } from '../core/decisionStatus';
import type { JsonValue } from '../core/json';

/** live: a step within the last minutes; idle: none for a while; finished: the trainer says so or hours have passed. */
export type RunStatus = 'live' | 'idle' | 'finished';

/**
 * What the log holds of what was generated. complete: every rollout of every logged step; gaps: steps are missing in
 * between; survivors: groups with uniform reward were dropped before the log was written, so it supports no pass rates;
 * unknown: too little to tell.
 */
export type Completeness = 'complete' | 'gaps' | 'survivors' | 'unknown';

/** How the problems of a log were told apart, counted in distinct problems. */
export interface IdentityCounts {
  /** The rows carry an id of their own. */
  readonly explicit: number;
  /** Matched to exactly one dataset row through the prompt text. */
  readonly matched: number;
  /** Matched to several dataset rows that the log cannot tell apart. */
  readonly ambiguous: number;
  /** No dataset row fits (or no dataset is known): identified by the hash of their text. */
  readonly unmatched: number;
}

/** What the reader met on the way. */
export interface LogHealth {
  /** Lines that are not a JSON object. */
  readonly badLines: number;
  /** Lines that parse but carry no rollout. */
  readonly ignoredLines: number;
  /** Rollouts replaced by a re-run of their step. */
  readonly superseded: number;
  /** Bytes of unfinished last lines that wait for their newline. */
  readonly pendingBytes: number;
  /** Findings in words, each one a sentence that says what to do. */
  readonly flags: readonly string[];
}

/** One run as lists show it. */
export interface RunSummary {
  readonly id: string;
  readonly name: string;
  /** The run directory, or the directory of its log files where one directory holds several runs. */
  readonly path: string;
  /** The directory or file that the rollouts are read from. */
  readonly logPath: string;
  /** The dataset that its problems were matched to; null where none is known, or the run has not been read yet. */
  readonly dataset: string | null;
  readonly framework: string;
  readonly variant: string;
  readonly firstStep: number | null;
  readonly lastStep: number | null;
  readonly steps: number;
  readonly rollouts: number;
  readonly problems: number;
  readonly completeness: Completeness;
  readonly status: RunStatus;
  /** When the newest log file changed, in ms since the epoch. */
  readonly lastWriteAt: number | null;
  /** The mode of the group sizes. */
  readonly groupSize: number | null;
  /** How a rollout was judged correct, in words. */
  readonly correctRule: string;
  readonly identity: IdentityCounts;
  readonly health: LogHealth;
  /** Why and how often changes are looked for where the file system does not tell of them, a sentence; null where it does. */
  readonly polling: string | null;
  /** Whether the mean behind competence runs over a known dataset or only over the problems seen so far. */
  readonly countedProblems: { readonly basis: 'dataset' | 'seen'; readonly count: number };
  /** False until the first full read is done; the counts grow meanwhile. */
  readonly loaded: boolean;
  /** True while steps are rated anew: the figures are those of before. */
  readonly rating: boolean;
  /** Share of the known bytes already read, 0 to 1. */
  readonly progress: number;
  /** The newest point of the series, for the status bar. */
  readonly latest: SeriesPoint | null;
}

/** One step of a run. Figures that the log cannot support are null. */
export interface SeriesPoint {
  readonly step: number;
  readonly groups: number;
  readonly rollouts: number;
  /** Correct / scored rollouts. */
  readonly passRate: number | null;
  /** Groups whose rollouts are all correct, of both kinds, all wrong. all-pass and all-fail give no gradient. */
  readonly allPass: number | null;
  readonly mixed: number | null;
  readonly allFail: number | null;
  /** Competence after the step. */
  readonly competence: number | null;
  /** The pass rate that sampling at D = C asks for, 0.5 - C. */
  readonly targetPassRate: number | null;
  readonly meanLengthChars: number | null;
}

/** One problem in one step. */
export interface GroupRow {
  readonly step: number;
  readonly problem: string;
  /** The start of the problem's text, one line, for lists. */
  readonly title: string;
  /** Rollouts logged, and how many of them carry a score. */
  readonly n: number;
  readonly scored: number;
  readonly correct: number;
  readonly rewardMean: number | null;
  readonly membership: Membership;
}

/** A decision and the trainer's answer to it. */
export interface DecisionStatus {
  readonly decision: string;
  readonly action: string;
  readonly at: string;
  readonly by: string;
  readonly reason: string | null;
  readonly state: DecisionState;
  readonly activeFromStep: number | null;
  /** Why the trainer does not follow it and what to do, in sentences; null where it does, or has not said. */
  readonly why: string | null;
}

/** One visit of a problem: all its rollouts of one step. `counts` is false for visits scored against a replaced answer. */
export interface Visit {
  readonly step: number;
  readonly correct: number;
  readonly scored: number;
  /** Difficulty after the visit. */
  readonly difficulty: number;
  readonly counts: boolean;
}

/** One problem as tables, annotations and the CLI show it. */
export interface ProblemRow {
  readonly id: string;
  /** The problem's text, cut to a few hundred characters. Untrusted. */
  readonly text: string;
  readonly groundTruth: JsonValue;
  readonly visits: number;
  /** Null before the first visit and where the log supports no pass rate. */
  readonly difficulty: number | null;
  /** correct / scored rollouts over the visits that count. */
  readonly passRate: number | null;
  /** Scored rollouts over the visits that count. */
  readonly rollouts: number;
  readonly correct: number;
  readonly lastStep: number | null;
  readonly membership: Membership;
  readonly relabelledTo: JsonValue;
  /** The decisions in force for this problem, newest last. */
  readonly decisions: readonly DecisionStatus[];
}

/** A problem with its history. */
export interface ProblemDetail extends ProblemRow {
  /** Oldest first. */
  readonly history: readonly Visit[];
  /** Competence of the run now, to read the difficulty against. */
  readonly competence: number | null;
  /** The Wilson 95 % interval of the pass rate. */
  readonly interval: readonly [number, number] | null;
  readonly run: { readonly id: string; readonly name: string; readonly lastStep: number | null };
}
