import type { SamplerStrategy } from '../core/samplerStrategy';

/**
 * What decides about a problem: pinned, excluded; ranked by the strategy; `uniform` where the trainer draws at random
 * (warm-up, the strategy random).
 */
export type ChoiceRule = 'pinned' | 'excluded' | 'ranked' | 'uniform';

/** Why a problem is in the next batch or not. Ranks count from 1; equal ones share the first place among them. */
export interface ProblemChoice {
  readonly problem: string;
  /** The start of the problem's text, one line. Untrusted. */
  readonly title: string;
  readonly chosen: boolean;
  /** Whether it was in the last logged step. */
  readonly inCurrent: boolean;
  readonly rule: ChoiceRule;
  readonly visits: number;
  readonly passRate: number | null;
  /** CDAS only: difficulty, |C - D| and the side of competence; null for other strategies. */
  readonly difficulty: number | null;
  readonly distance: number | null;
  readonly side: 'harder' | 'easier' | null;
  /** Its place among the candidates (of its side, under CDAS), how many share it, and how many candidates there are. */
  readonly rank: number | null;
  readonly tied: number;
  readonly candidates: number;
  /** How many of these candidates are chosen. */
  readonly places: number;
}

/** One side of competence under CDAS. */
export interface BatchSide {
  readonly chosen: number;
  readonly candidates: number;
  /** |C - D| of the last one that is chosen; null where none is. */
  readonly cutOff: number | null;
}

/** The batch that a strategy would choose next for a run, under the decisions made so far. */
export interface NextBatch {
  readonly run: { readonly id: string; readonly name: string };
  /** The step it would be trained in, and which draw of the strategy it is. */
  readonly step: number;
  readonly draw: number;
  readonly size: number;
  readonly strategy: SamplerStrategy;
  /** Whether the strategy does not rank yet or at all: a uniform pass over the dataset. */
  readonly uniform: boolean;
  /** Whether the trainer chooses just this batch; else `reasons` says what is not known. */
  readonly exact: boolean;
  readonly reasons: readonly string[];
  readonly competence: number | null;
  /** CDAS only, once it ranks. */
  readonly sides: Readonly<Record<'harder' | 'easier', BatchSide>> | null;
  readonly pinned: number;
  readonly excluded: number;
  /** Problems that can be chosen, pinned ones included. */
  readonly candidates: number;
  /** The chosen problems: pinned ones first, then by rank. */
  readonly batch: readonly ProblemChoice[];
  /** The last logged step; null before the first. */
  readonly currentStep: number | null;
  /** Problems of the batch that were not in that step, that were, and problems of that step that are not in the batch. */
  readonly added: number;
  readonly kept: number;
  readonly gone: number;
  /** The problems of the last logged step that are not chosen again. */
  readonly removed: readonly ProblemChoice[];
  /** The problem that was asked about; null without one, and for one that the run does not know. */
  readonly asked: ProblemChoice | null;
}

/** One problem's choice with the batch that it is about. */
export interface ChoiceReport {
  readonly choice: ProblemChoice;
  readonly batch: Omit<NextBatch, 'batch' | 'removed' | 'asked'>;
}
