import type { Adam } from './adam';
import { encodeContext, type EncodedQuestion } from './encoding';
import type { Policy } from './policy';
import type { Rollout } from './rollout';

/** The rollouts of one problem in one step, with their scores. */
export interface ScoredGroup {
  readonly question: EncodedQuestion;
  readonly rollouts: readonly Rollout[];
  readonly scores: readonly number[];
}

/** What an update looked like. */
export interface UpdateFigures {
  readonly policyLoss: number;
  readonly gradientNorm: number;
}

/** Group-normalised advantages (GRPO, arXiv 2402.03300): (score - mean) / (standard deviation + epsilon). */
export function groupAdvantages(scores: readonly number[]): number[] {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length;
  return scores.map((score) => (score - mean) / (Math.sqrt(variance) + 1e-6));
}

/**
 * One policy-gradient step on freshly sampled groups, averaged over all tokens. The rollouts are on-policy, so the
 * probability ratio of GRPO is 1 and its clip never acts. Groups without spread in their scores give no gradient.
 */
export function updatePolicy(policy: Policy, optimiser: Adam, groups: readonly ScoredGroup[], learningRate: number): UpdateFigures {
  const tokenCount = groups.flatMap((group) => group.rollouts).reduce((sum, { tokens }) => sum + tokens.length, 0);
  let policyLoss = 0;
  policy.gradient.fill(0);
  for (const { question, rollouts, scores } of groups) {
    const advantages = groupAdvantages(scores);
    rollouts.forEach(({ tokens }, i) => {
      const weight = (advantages[i] ?? 0) / tokenCount;
      policyLoss -= weight * tokens.length;
      if (weight === 0) return;
      tokens.forEach((token, t) => policy.accumulateGradient(encodeContext(question, tokens.slice(0, t)), token, weight));
    });
  }
  return { policyLoss, gradientNorm: optimiser.update(policy.parameters, policy.gradient, learningRate) };
}
