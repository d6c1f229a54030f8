import { booleanOf } from '../../core/writtenValue';

/** Names of reward functions that say whether an answer is right. */
const accuracyName = /accura|(?:^|_)acc(?:_|$)|correct/i;
/** Words in the names of reward functions. */
export const rewardWord = /reward|accura|correct|score|format|(?:^|_)acc(?:_|$)/i;
/** Columns of numbers that are no reward. */
const noReward = /^(?:(?:gen_)?(?:global_)?step|epoch|advantages?|entropy|num_turns|turns?|seed|kl|.*(?:_id|_idx|index|tokens?|length|len|logps?|logprobs?|loss|time|_s|_ms)|id|idx)$/i;

/** What several reward functions say of one rollout. */
export interface CombinedReward {
  readonly reward: number | null;
  readonly explicitCorrect: boolean | null;
  readonly explicitField: string | null;
  /** How it was combined, where there was something to combine. */
  readonly note: string | null;
}

/** Whether a column of numbers is a reward function's, as far as its name tells. */
export function isRewardName(name: string): boolean {
  return !noReward.test(name);
}

/** The reward whose name says that it judges the answer, where its value is a verdict. */
export function accuracyAmong(rewards: ReadonlyMap<string, number | null>): { readonly name: string; readonly correct: boolean } | null {
  for (const [name, value] of rewards) {
    const correct = accuracyName.test(name) ? booleanOf(value) : null;
    if (correct !== null) return { name, correct };
  }
  return null;
}

/**
 * Combines the columns of several reward functions whose weights the log does not have: one is the reward; of several
 * the plain sum stands in for it, and one named for accuracy says what is correct.
 */
export function combineRewards(rewards: ReadonlyMap<string, number | null>): CombinedReward {
  const values = [...rewards.values()].filter((value) => value !== null);
  const reward = values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
  if (rewards.size < 2) return { reward, explicitCorrect: null, explicitField: null, note: null };
  const accuracy = accuracyAmong(rewards);
  const judge = accuracy?.name ?? silentAccuracy(rewards);
  const names = [...rewards.keys()].join(', ');
  return {
    reward,
    explicitCorrect: accuracy?.correct ?? null,
    explicitField: accuracy?.name ?? null,
    note: `The log has several rewards (${names}) but not their weights: the reward shown is their unweighted sum${judge === undefined ? '; set a threshold on it, or log the combined reward' : ` and “${judge}” says what is correct`}.`,
  };
}

/** The reward that says what is correct of other rollouts and did not judge this one. */
function silentAccuracy(rewards: ReadonlyMap<string, number | null>): string | undefined {
  return [...rewards].find(([name, value]) => value === null && accuracyName.test(name))?.[0];
}
