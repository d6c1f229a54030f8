import type { JsonValue } from '../core/json';

/** One rollout with its text, as a person reads it. The text is the model's: untrusted. */
export interface RolloutText {
  /** Null when the rollout is not scored. */
  readonly reward: number | null;
  /** 1, 0, a fraction under a soft rule; null when the rollout is not scored. */
  readonly correct: number | null;
  readonly response: string;
  /** How many characters of the response were left out. */
  readonly omittedChars: number;
}

/** The rollouts of one problem in one step, read again from the log. */
export interface GroupTexts {
  readonly run: string;
  readonly step: number;
  readonly problem: string;
  readonly prompt: string;
  readonly groundTruth: JsonValue;
  readonly relabelledTo: JsonValue;
  readonly rollouts: readonly RolloutText[];
  /** How many rollouts the group has; `rollouts.length` of them are given. */
  readonly total: number;
  /** Why texts are missing, in words; null when none is. */
  readonly missing: string | null;
}
