import type { CdasMode } from '../core/cdas';
import type { CurationSummary } from './engineApi';
import type { DashboardMetrics } from './metrics';
import type { RunSummary } from './run';

/** Columns of equal length, one entry per shown step; decimated on the host to the width it was asked for. */
export interface SeriesColumns {
  readonly step: readonly number[];
  readonly competence: readonly (number | null)[];
  readonly targetPassRate: readonly (number | null)[];
  readonly passRate: readonly (number | null)[];
  readonly allPass: readonly (number | null)[];
  readonly mixed: readonly (number | null)[];
  readonly allFail: readonly (number | null)[];
  readonly meanLengthChars: readonly (number | null)[];
  readonly groups: readonly number[];
  readonly rollouts: readonly number[];
}

/** How many visited problems had a difficulty in each band, per shown step. */
export interface DifficultyHeatmap {
  /** The step of each column. */
  readonly steps: readonly number[];
  /** `bins + 1` ascending difficulties. */
  readonly edges: readonly number[];
  /** Column-major: `counts[column * bins + bin]`, bin 0 the easiest. */
  readonly counts: readonly number[];
  /** Competence after each column's step. */
  readonly competence: readonly (number | null)[];
}

/** One point per visited problem (a seeded sample when there are too many). */
export interface DifficultyScatter {
  readonly id: readonly string[];
  readonly difficulty: readonly number[];
  /** Observed pass rate over the visits that count, and the rate that the difficulty implies, sigma(C - D) - D. */
  readonly passRate: readonly number[];
  readonly visits: readonly number[];
  readonly rollouts: readonly number[];
  /** How many problems there are in all; `id.length` of them are shown. */
  readonly total: number;
}

/** A step at which a decision took effect in the trainer. */
export interface DecisionMark {
  readonly step: number;
  readonly label: string;
}

/** Everything the dashboard draws: a pure function of the run at `revision`. */
export interface DashboardState {
  readonly revision: number;
  readonly run: RunSummary;
  readonly mode: CdasMode;
  readonly series: SeriesColumns;
  readonly heatmap: DifficultyHeatmap;
  readonly scatter: DifficultyScatter;
  readonly marks: readonly DecisionMark[];
  readonly metrics: DashboardMetrics;
  readonly curation: CurationSummary;
  /** Why figures are missing, in words; empty when the log supports them all. */
  readonly refusals: readonly string[];
}
