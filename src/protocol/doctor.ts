/** The kinds of figures that a log may or may not support. */
export type DoctorClaimName = 'passRates' | 'zeroGradientShare' | 'difficulty' | 'competence' | 'identity' | 'responseLength' | 'groundTruth' | 'groupSizes';

/** Whether a log supports a kind of figure, and why. */
export interface DoctorClaim {
  readonly claim: DoctorClaimName;
  readonly supported: 'yes' | 'partly' | 'no';
  /** One or more sentences. */
  readonly reason: string;
}

/** What was found on disk. Counts are of what has been read so far. */
export interface DoctorFound {
  readonly framework: string;
  readonly variant: string;
  readonly files: number;
  readonly bytes: number;
  readonly bytesRead: number;
  readonly rollouts: number;
  readonly groups: number;
  readonly problems: number;
  readonly steps: number;
  readonly firstStep: number | null;
  readonly lastStep: number | null;
  readonly groupSize: number | null;
  /** The configuration of the trainer that belongs to the log. */
  readonly configFile: string | null;
  readonly datasetFile: string | null;
}

/** A problem by its id, the start of its text and the dataset rows that fit, counted from 1. Untrusted texts. */
export interface DoctorJoinExample {
  readonly problem: string;
  readonly text: string;
  readonly rows: readonly number[];
}

/** How many problems were identified in one way, with up to five of them. */
export interface DoctorJoin {
  readonly how: 'explicit' | 'matched' | 'ambiguous' | 'unmatched';
  readonly problems: number;
  readonly examples: readonly DoctorJoinExample[];
}

/** How a rollout is judged correct, and what that was read from. */
export interface DoctorVerdictRule {
  readonly rule: string;
  /** Rollouts with a score, and without one. */
  readonly scored: number;
  readonly unscored: number;
  readonly lowest: number | null;
  readonly highest: number | null;
  /** The distinct scores with their counts; null when there are more than three. */
  readonly scores: readonly { readonly score: number; readonly rollouts: number }[] | null;
  /** The field by which rows say themselves whether they are correct, how many do, and how many contradict their score. */
  readonly field: string | null;
  readonly saying: number;
  readonly contradicting: number;
}

/** What to do about a finding; `setting` is the configuration line that does it. */
export interface DoctorFix {
  readonly advice: string;
  readonly setting: string | null;
}

/** Something that a person should know of the log. */
export interface DoctorFinding {
  readonly code: string;
  /** error: figures are missing or refused; warning: they rest on less than they could; note: nothing is lost. */
  readonly severity: 'error' | 'warning' | 'note';
  readonly text: string;
  /** Up to five places or things that it was found at. Untrusted texts. */
  readonly examples: readonly string[];
  readonly fix: DoctorFix | null;
}

/** A file of training metrics beside the log. */
export interface DoctorMetricFile {
  readonly file: string;
  readonly kind: string;
  readonly series: number;
}

/** What the CDAS authors' trainer stored of its ratings, and what their rule gives for the log up to that step. */
export interface DoctorStoredRatings {
  readonly file: string;
  readonly step: number;
  readonly ability: number;
  readonly abilityHere: number;
  /** The problems stored, and those of them that the log or the dataset has. */
  readonly problems: number;
  readonly problemsHere: number;
  /** Between a stored difficulty and the one here; null when no problem is in both. */
  readonly largestDifference: number | null;
}

/** What a run's log is, what it supports, and what would make it better. */
export interface DoctorReport {
  readonly run: { readonly id: string; readonly name: string; readonly path: string; readonly logPath: string };
  readonly found: DoctorFound;
  readonly claims: readonly DoctorClaim[];
  readonly joins: readonly DoctorJoin[];
  readonly correct: DoctorVerdictRule;
  readonly findings: readonly DoctorFinding[];
  readonly metrics: readonly DoctorMetricFile[];
  /** Null where no such file lies beside the log. */
  readonly storedRatings: DoctorStoredRatings | null;
}
