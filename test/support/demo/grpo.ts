import type { Adam } from './adam';
import { encodeContext, vocabulary, type EncodedQuestion } from './encoding';
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
    const weights = groupAdvantages(scores).map((advantage) => advantage / tokenCount);
    policyLoss -= sum(rollouts.map(({ tokens }, i) => weights[i]! * tokens.length));
    for (const { tokens, tokenWeights } of weighedContexts(rollouts, weights)) policy.accumulateGradient(encodeContext(question, tokens), tokenWeights);
  }
  return { policyLoss, gradientNorm: optimiser.update(policy.parameters, policy.gradient, learningRate) };
}

interface WeighedContext {
  /** The tokens that were there. */
  readonly tokens: readonly number[];
  /** Per token that came next, the weight of the rollouts in which it did. */
  readonly tokenWeights: Float64Array;
}

/** Rollouts of one question share contexts wherever they begin alike: each needs one backward pass. */
function weighedContexts(rollouts: readonly Rollout[], weights: readonly number[]): Iterable<WeighedContext> {
  const contexts = new Map<string, WeighedContext>();
  rollouts.forEach(({ tokens }, i) => {
    if (weights[i] === 0) return;
    tokens.forEach((token, t) => {
      const before = tokens.slice(0, t);
      const key = before.join(' ');
      const context = contexts.get(key) ?? { tokens: before, tokenWeights: new Float64Array(vocabulary.length) };
      contexts.set(key, context);
      context.tokenWeights[token]! += weights[i]!;
    });
  });
  return contexts.values();
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
