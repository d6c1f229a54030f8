import type { RunSummary } from '../../protocol/run';

/** What decides which run is the active one. */
export interface RunChoice {
  /** The run that a person selected. */
  readonly selected: string | undefined;
  /** The run that was active so far. */
  readonly current: string | null;
  /** Paths of the files in visible editors. */
  readonly visible: ReadonlySet<string>;
}

/**
 * The run that a person selected; else, while a dataset is on screen, the run so far if it trains on it, so that a new
 * run does not take the figures from its rows; else the newest live run; else the newest. `runs` come newest first.
 */
export function activeRun(runs: readonly RunSummary[], { selected, current, visible }: RunChoice): RunSummary | null {
  const chosen = runs.find(({ id }) => id === selected);
  if (chosen) return chosen;
  // Which dataset a run has shows when it has been read.
  const fitting = runs.filter(({ id, dataset, loaded }) => (dataset !== null && visible.has(dataset)) || (id === current && !loaded));
  const among = fitting.length > 0 ? fitting : runs;
  return fitting.find(({ id }) => id === current) ?? among.find(({ status }) => status === 'live') ?? among[0] ?? null;
}
