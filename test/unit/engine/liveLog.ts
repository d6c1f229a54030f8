import type { ObservedRun } from '../../../src/engine/observedRun';
import { findFacts } from '../../../src/engine/doctor/logFindings';
import { series } from '../../../src/engine/views/runSummary';

/** A rollout of a problem with its score. */
export interface Rollout {
  readonly problem: number;
  readonly score: number;
}

/** How the runs of tests are rated. */
export const options = { mode: 'paper', correctThreshold: null } as const;

/** The lines of a step's rollouts. */
export function lines(step: number, rollouts: readonly Rollout[]): string {
  return rollouts.map(({ problem, score }) => `${JSON.stringify({ input: `user\nProblem ${problem}\nassistant\n`, output: 'o', gts: '1', score, step })}\n`).join('');
}

/** The rollouts of one group, so many of them correct. */
export function group(problem: number, correct: number, n = 4): Rollout[] {
  return Array.from({ length: n }, (_, i) => ({ problem, score: i < correct ? 1 : 0 }));
}

/** What a view can show of a run, with problems by name. */
export function visible(run: ObservedRun): unknown {
  const problems = run.registry.problems
    .map(({ preview }, i) => [preview, run.history.state.difficulty(i), run.history.state.visits(i)] as const)
    .filter(([, , visits]) => visits > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const { sums, sizes, seen } = run.totals;
  return {
    series: series(run, findFacts(run)).map((point) => roundAll(point)),
    problems: problems.map(roundAll),
    bands: run.steps.map((_, position) => run.bands.after(position)),
    totals: { sums, sizes, seen: Array.from(seen, (problem) => run.registry.problems[problem]?.preview).sort() },
  };
}

function roundAll(values: object): unknown[] {
  return Object.values(values).map((value: unknown) => (typeof value === 'number' ? Number(value.toFixed(12)) : value));
}
