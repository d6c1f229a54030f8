import { correctness, type CorrectRule } from '../../core/correctRule';
import { flagMask, lengthShift, rolloutFlag } from '../../logs/columns/rolloutTable';
import { countBits, type RowTally } from '../../logs/columns/rowTally';

/** What rollouts come to together, one column for each sum: of one kind, so that one loop adds up any of them. */
export interface Sums {
  readonly n: Float64Array;
  readonly rewardSum: Float64Array;
  readonly rewarded: Float64Array;
  readonly correct: Float64Array;
  readonly scored: Float64Array;
}

/** The names of the sums. */
export const sumNames = ['n', 'rewardSum', 'rewarded', 'correct', 'scored'] as const;

/** Columns of so many zeros. */
export function newSums(length: number): Sums {
  const column = (): Float64Array => new Float64Array(length);
  return { n: column(), rewardSum: column(), rewarded: column(), correct: column(), scored: column() };
}

/** What one rollout comes to under a rule, by its outcome in tallies with the same rewards. */
export class Outcomes {
  readonly sums: Sums;
  private readonly rewards: Float64Array;

  constructor(
    readonly rule: CorrectRule,
    rewards: Float64Array,
  ) {
    this.rewards = rewards.slice();
    this.sums = newSums(rewards.length << lengthShift);
    for (let outcome = 0; outcome < this.sums.n.length; outcome++) this.judge(outcome);
  }

  /** Whether these are the outcomes of other rewards too. */
  fits(rule: CorrectRule, rewards: Float64Array): boolean {
    if (rule !== this.rule || rewards.length !== this.rewards.length) return false;
    for (let place = 0; place < rewards.length; place++) if (!Object.is(rewards[place], this.rewards[place])) return false;
    return true;
  }

  private judge(outcome: number): void {
    const { sums, rule } = this;
    const reward = this.rewards[outcome >> lengthShift] ?? Number.NaN;
    const verdict = verdictOf(rule, reward, outcome & flagMask);
    sums.n[outcome] = 1;
    // What failed may have a reward that nothing earned.
    if (!Number.isNaN(reward) && (outcome & rolloutFlag.unscored) === 0) [sums.rewardSum[outcome], sums.rewarded[outcome]] = [reward, 1];
    if (verdict !== null) [sums.correct[outcome], sums.scored[outcome]] = [verdict, 1];
  }
}

/** How correct a rollout is; null where that cannot be said. */
function verdictOf(rule: CorrectRule, reward: number, flags: number): number | null {
  if ((flags & rolloutFlag.unscored) !== 0) return null;
  const said = (flags & rolloutFlag.explicit) === 0 ? null : (flags & rolloutFlag.correct) !== 0;
  return correctness(rule, Number.isNaN(reward) ? null : reward, said);
}

/** Adds what each entry of a tally comes to, its rollouts' number times what its outcome does, to the sum at its place. */
export function addEntries(sums: Float64Array, { outcomes }: RowTally, ofOutcome: Float64Array, places: Int32Array): void {
  for (let entry = 0; entry < outcomes.length; entry++) {
    const place = places[entry] ?? 0;
    const packed = outcomes[entry] ?? 0;
    sums[place] = (sums[place] ?? 0) + (packed & ((1 << countBits) - 1)) * (ofOutcome[packed >>> countBits] ?? 0);
  }
}
