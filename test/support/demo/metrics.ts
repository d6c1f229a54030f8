import type { ScoredGroup, UpdateFigures } from './grpo';

/** What the rollouts of a step look like. */
export interface BatchFigures {
  readonly passRate: number;
  /** Share of groups whose rollouts are all right or all wrong: they give no gradient. */
  readonly zeroGradientShare: number;
  /** Per token, in nats. */
  readonly entropy: number;
  readonly meanTokens: number;
}

/** All figures of a step. */
export interface StepFigures extends BatchFigures, UpdateFigures {
  readonly step: number;
  readonly competence: number;
}

/** Sums up the groups of a step. */
export function batchFigures(groups: readonly ScoredGroup[]): BatchFigures {
  const rollouts = groups.flatMap((group) => group.rollouts);
  const tokens = sum(rollouts.map((rollout) => rollout.tokens.length));
  const uniform = groups.filter(({ scores }) => scores.every((score) => score === scores[0])).length;
  return {
    passRate: sum(groups.flatMap((group) => group.scores)) / rollouts.length,
    zeroGradientShare: uniform / groups.length,
    entropy: sum(rollouts.map((rollout) => rollout.entropy)) / tokens,
    meanTokens: tokens / rollouts.length,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
