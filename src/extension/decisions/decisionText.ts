import type { Membership } from '../../core/decision';
import type { JsonValue } from '../../core/json';
import type { DecisionStatus } from '../../protocol/run';
import { l10n } from '../l10n';
import { jsonText, oneLine } from '../documents/untrustedText';

/** The kinds of standing that look different; `normal` is the absence of decisions. */
export type Standing = 'normal' | 'pinned' | 'excluded' | 'relabelled';

/** The part of a problem that decisions change. */
export interface Decided {
  readonly membership: Membership;
  readonly relabelledTo: JsonValue;
  readonly decisions: readonly DecisionStatus[];
}

/** What stands out most: leaving the sampler before being pinned before another answer. */
export function standingOf(problem: Decided): Standing {
  if (problem.membership === 'exclude') return 'excluded';
  if (problem.membership === 'pin') return 'pinned';
  return isRelabelled(problem) ? 'relabelled' : 'normal';
}

/** Every standing of a problem in words, each with how far the trainer has come; empty when nothing was decided. */
export function standingTexts(problem: Decided): string[] {
  const texts: string[] = [];
  if (problem.membership === 'exclude') texts.push(withState(l10n.t('excluded'), latest(problem, 'exclude')));
  if (problem.membership === 'pin') texts.push(withState(l10n.t('pinned'), latest(problem, 'pin')));
  if (isRelabelled(problem)) texts.push(withState(relabelText(problem.relabelledTo), latest(problem, 'relabel')));
  if (texts.length === 0) {
    const clear = latest(problem, 'clear');
    if (clear?.state === 'pending') texts.push(withState(l10n.t('cleared'), clear));
  }
  return texts;
}

/** How far a decision has come, in words: pending, active from step N, expired, not found, refused, superseded. */
export function stateText(decision: DecisionStatus): string {
  switch (decision.state) {
    case 'pending':
      return l10n.t('pending');
    case 'active':
      return decision.activeFromStep === null ? l10n.t('active') : l10n.t('active from step {0}', decision.activeFromStep);
    case 'expired':
      return l10n.t('expired');
    case 'unmatched':
      return l10n.t('not found by the trainer');
    case 'refused':
      return l10n.t('refused by the trainer');
    case 'superseded':
      return l10n.t('superseded');
  }
}

function isRelabelled(problem: Decided): boolean {
  return problem.relabelledTo !== null || latest(problem, 'relabel') !== undefined;
}

function relabelText(answer: JsonValue): string {
  return answer === null ? l10n.t('relabelled') : l10n.t('relabelled {0}', oneLine(jsonText(answer), 24));
}

function withState(what: string, decision: DecisionStatus | undefined): string {
  return decision ? l10n.t('{0}, {1}', what, stateText(decision)) : what;
}

function latest(problem: Decided, action: string): DecisionStatus | undefined {
  return problem.decisions.findLast((decision) => decision.action === action && decision.state !== 'superseded');
}
