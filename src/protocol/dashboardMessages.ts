import type { DashboardState } from './dashboard';
import type { Page, ProblemQuery } from './engineApi';
import type { ChoiceReport } from './nextBatch';
import type { GroupRow, ProblemDetail, ProblemRow, RunSummary } from './run';

/** What the dashboard shows before it has a run: the message and, where it helps, the runs to choose from. */
export type DashboardView =
  /** `readOnlyReason`: why decisions cannot be written now and what to do, null where they can. */
  | { readonly kind: 'run'; readonly state: DashboardState; readonly readOnlyReason: string | null }
  | { readonly kind: 'empty'; readonly message: string; readonly runs: readonly RunSummary[] };

/** What the person asked for in the webview; the host runs the matching command. */
export type DashboardIntent =
  | { readonly kind: 'pin' | 'exclude' | 'relabel' | 'clear'; readonly problem: string }
  /** With `run`, that run is opened; without, the person chooses. */
  | { readonly kind: 'selectRun'; readonly run?: string }
  | { readonly kind: 'recompute' | 'undo' | 'openDecisions' | 'showLog' | 'nextBatch' | 'showDecisions' | 'addRunRoot' | 'openDocs' }
  | { readonly kind: 'copyId' | 'explain'; readonly problem: string }
  /** Opens the problem's rollouts of a step. */
  | { readonly kind: 'rollouts'; readonly problem: string; readonly step: number };

/** What the webview may call on the host. `ready` is first; after it the host sends `state`. */
export interface DashboardHostApi {
  ready(params: { readonly widthPx: number; readonly metrics: readonly string[] | null }): void;
  /** The shown width changed: the host decimates anew. */
  resized(params: { readonly widthPx: number }): void;
  /** Which training metrics are drawn, by name; null leaves the choice to the host. */
  showMetrics(params: { readonly names: readonly string[] | null }): void;
  problems(query: Omit<ProblemQuery, 'run'>): Page<ProblemRow>;
  /** One problem with its history, for the card; null when the run does not know it. */
  problem(params: { readonly id: string }): ProblemDetail | null;
  /** Why a problem is in the next batch or not; null when the run does not know it. */
  explain(params: { readonly id: string }): ChoiceReport | null;
  groups(params: { readonly step: number }): readonly GroupRow[];
  intent(intent: DashboardIntent): void;
}

/** What the host tells the webview. */
export interface DashboardEvents {
  state: DashboardView;
}
