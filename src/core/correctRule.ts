import type { CdasMode } from './cdas';

/** What the rewards of a run look like, gathered over all its rollouts. */
export interface RewardEvidence {
  /** The distinct finite rewards with their counts, as long as there are at most `maxDistinct`; null when there are more. */
  readonly distinct: ReadonlyMap<number, number> | null;
  readonly min: number;
  readonly max: number;
  /** Rollouts with a finite reward. */
  readonly scored: number;
  /** Rollouts whose row says itself whether it is correct, and how many of those contradict their reward. */
  readonly explicit: number;
  readonly contradictions: number;
  /** The name of the field that said so. */
  readonly explicitField: string;
}

/** The least reward of a correct rollout, or with `inclusive: false` the greatest of a wrong one. */
interface Threshold {
  readonly threshold: number;
  readonly inclusive: boolean;
}

/** How a rollout is judged. `soft` is no judgement: a normalised reward stands in for the pass rate. */
export type CorrectRule =
  | { readonly kind: 'explicit'; readonly text: string; readonly fallback: Threshold | null }
  | ({ readonly kind: 'threshold'; readonly text: string } & Threshold)
  | { readonly kind: 'equals'; readonly text: string; readonly value: number }
  | { readonly kind: 'soft'; readonly text: string; readonly min: number; readonly max: number }
  | { readonly kind: 'none'; readonly text: string };

/** More distinct rewards than this are not counted one by one. */
export const maxDistinct = 3;

/** A contradiction rate above this makes the explicit field untrustworthy. */
const tolerableContradictions = 0.01;

/**
 * Decides how "correct" is read off a run's rewards, in this order: a field of the rows that says so and does not
 * contradict the reward; the person's threshold; the authors' `reward == 1` in official-compat mode; two distinct
 * rewards that look like verdicts, the higher one; only ones or only zeros, by convention; else a soft pass rate and a request for a threshold.
 */
export function inferCorrectRule(evidence: RewardEvidence, threshold: number | null, mode: CdasMode): CorrectRule {
  if (evidence.scored === 0 && evidence.explicit === 0) return { kind: 'none', text: 'no rollout has a reward' };
  const trusted = evidence.explicit > 0 && evidence.contradictions <= tolerableContradictions * evidence.explicit;
  if (trusted && evidence.explicit >= evidence.scored / 2) return explicitRule(evidence, threshold);
  if (threshold !== null) {
    return { kind: 'threshold', threshold, inclusive: true, text: `score ≥ ${threshold}, as set` };
  }
  if (mode === 'official-compat' && evidence.distinct?.has(1)) {
    return { kind: 'equals', value: 1, text: 'score = 1, as in the authors’ code' };
  }
  return inferFromValues(evidence, mode);
}

function explicitRule(evidence: RewardEvidence, threshold: number | null): CorrectRule {
  const field = `the rows’ own field “${evidence.explicitField}”`;
  if (threshold !== null) return { kind: 'explicit', fallback: { threshold, inclusive: true }, text: `${field}; in rows without it score ≥ ${threshold}, as set` };
  const values = evidence.distinct === null ? null : [...evidence.distinct.keys()];
  const fallback = values?.length === 2 ? { threshold: middle(values), inclusive: false } : null;
  return { kind: 'explicit', fallback, text: field };
}

function inferFromValues(evidence: RewardEvidence, mode: CdasMode): CorrectRule {
  const values = evidence.distinct === null ? [] : [...evidence.distinct.keys()];
  if (values.length === 2 && looksLikeVerdict(values)) {
    const threshold = middle(values);
    const seen = `${Math.min(...values)} and ${Math.max(...values)}`;
    return { kind: 'threshold', threshold, inclusive: false, text: `score > ${round(threshold)}, inferred from the two values ${seen}` };
  }
  const only = values.length === 1 ? values[0] : undefined;
  if (only === 0 || only === 1) {
    return { kind: 'threshold', threshold: 0.5, inclusive: false, text: `score > 0.5, by convention: all scores are ${only}` };
  }
  if (mode === 'official-compat' && evidence.max === 1) {
    return { kind: 'equals', value: 1, text: 'score = 1, as in the authors’ code' };
  }
  const range = `${round(evidence.min)} to ${round(evidence.max)}`;
  return { kind: 'soft', min: evidence.min, max: evidence.max, text: `soft: scores scaled from ${range}; set a threshold to count them as correct or not` };
}

/** How correct one rollout is: 1, 0, a fraction under a soft rule, or null when it is not scored. */
export function correctness(rule: CorrectRule, reward: number | null, explicit: boolean | null): number | null {
  if (rule.kind === 'explicit' && explicit !== null) return explicit ? 1 : 0;
  return reward === null ? null : judge(rule, reward);
}

function judge(rule: CorrectRule, reward: number): number | null {
  switch (rule.kind) {
    case 'explicit':
      return rule.fallback === null ? null : isReached(rule.fallback, reward);
    case 'threshold':
      return isReached(rule, reward);
    case 'equals':
      return Number(reward === rule.value);
    case 'soft':
      return rule.max > rule.min ? (reward - rule.min) / (rule.max - rule.min) : 0.5;
    case 'none':
      return null;
  }
}

function isReached({ threshold, inclusive }: Threshold, reward: number): number {
  return Number(inclusive ? reward >= threshold : reward > threshold);
}

/** Whether two rules judge every rollout alike. */
export function sameRule(a: CorrectRule, b: CorrectRule): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Two verdicts lie on a whole number or a whole distance apart; two scores of a reward model do not. */
function looksLikeVerdict(values: readonly number[]): boolean {
  const distance = Math.max(...values) - Math.min(...values);
  return values.some(isWhole) || isWhole(distance);
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-9;
}

function middle(values: readonly number[]): number {
  return (Math.min(...values) + Math.max(...values)) / 2;
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}
