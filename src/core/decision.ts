import type { JsonValue } from './json';
import type { TrainerSampler } from './trainerSampler';

/** The schema tag of a line in decisions.jsonl. */
export const decisionSchema = 'cdas-decision/1';

/** What a person can decide about a problem. */
export type DecisionAction = 'pin' | 'exclude' | 'relabel' | 'note' | 'clear' | 'revert';

/** Where a problem stands for the sampler. */
export type Membership = 'normal' | 'pin' | 'exclude';

/** When a decision lapses: once the run has reached a step, or at a moment (ISO-8601 UTC). */
export interface Expiry {
  readonly step?: number;
  readonly at?: string;
}

/** What was on screen when the decision was made. */
export interface Evidence {
  readonly run?: string;
  readonly step?: number;
  readonly difficulty?: number;
  readonly visits?: number;
  readonly passRate?: number;
  readonly majorityAnswer?: string;
  readonly votes?: number;
}

/** One line of decisions.jsonl. Ids are ULIDs and order the decisions. */
export interface Decision {
  readonly schema: typeof decisionSchema;
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly action: DecisionAction;
  /** The problem id; absent only for `revert`. */
  readonly problem?: string;
  /** relabel: the new ground truth. */
  readonly groundTruth?: JsonValue;
  /** relabel: the ground truth it replaces. */
  readonly was?: JsonValue;
  readonly reason?: string;
  readonly expires?: Expiry;
  readonly evidence?: Evidence;
  /** revert: the id of the decision that is undone. */
  readonly ref?: string;
  /** What the problem's text hashes to and its row in the dataset: lets a trainer match it when ids differ. */
  readonly textHash?: string;
  readonly index?: string;
}

/** One line of receipts.jsonl: the trainer's proof that it obeys a sampler.json. */
export interface Receipt {
  readonly at: string;
  readonly generation: number;
  readonly digest: string;
  readonly appliedAtStep: number;
  readonly excluded: number;
  readonly pinned: number;
  readonly relabelled: number;
  readonly matched: number;
  /** Ids in the config that the trainer could not follow; the first ones where there are very many. */
  readonly unmatched: readonly string[];
  /** How many there are, where not all are listed. */
  readonly unmatchedTotal?: number;
  /** Those of them that several rows of its dataset fit. */
  readonly ambiguous?: readonly string[];
  /** Exclusions that it refused, lest nothing be left to train on. */
  readonly refused?: readonly string[];
  /** Pins and exclusions that its adapter has no way to obey. */
  readonly unsupported?: readonly string[];
  readonly adapter: string;
  readonly run: string;
  /** How it chooses its batches; absent where it does not choose them or does not say. */
  readonly sampler?: TrainerSampler;
}
