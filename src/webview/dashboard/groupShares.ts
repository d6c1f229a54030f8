import type { DashboardState } from '../../protocol/dashboard';

/** Per shown step, the shares of the groups with scored rollouts; null where the log cannot tell. */
export interface GroupShares {
  readonly allPass: readonly (number | null)[];
  readonly mixed: readonly (number | null)[];
  readonly allFail: readonly (number | null)[];
  readonly zeroGradient: readonly (number | null)[];
}

/** The shares of the groups that pass wholly, in part and not at all. */
export function groupShares({ series }: DashboardState): GroupShares {
  const scored = series.step.map((_, index) => sumOf([series.allPass[index], series.mixed[index], series.allFail[index]]));
  const share = (counts: readonly (number | null)[]): (number | null)[] =>
    scored.map((total, index) => (total === null || total === 0 ? null : (counts[index] ?? 0) / total));
  const mixed = share(series.mixed);
  return {
    allPass: share(series.allPass),
    mixed,
    allFail: share(series.allFail),
    zeroGradient: mixed.map((value) => (value === null ? null : 1 - value)),
  };
}

function sumOf(counts: readonly (number | null | undefined)[]): number | null {
  let sum = 0;
  for (const count of counts) {
    if (count === null || count === undefined) return null;
    sum += count;
  }
  return sum;
}
