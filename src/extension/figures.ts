import { counted } from '../core/figures';
import { l10n } from './l10n';

/** How long ago `then` is, in the largest unit that gives at least 1, as on the dashboard. */
export function age(then: number, now: number): string {
  const seconds = Math.max(0, Math.floor((now - then) / 1000));
  if (seconds < 1) return l10n.t('just now');
  if (seconds < 60) return l10n.t('{0} s ago', seconds);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return l10n.t('{0} min ago', minutes);
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? l10n.t('{0} h ago', hours) : l10n.t('{0} d ago', counted(Math.floor(hours / 24)));
}

/** `1 problem`, `2 problems`: the form that fits the count; both may carry `{0}`. */
export function plural(count: number, one: string, many: string): string {
  return l10n.t(count === 1 ? one : many, counted(count));
}

/** Counts of all-pass, mixed and all-fail groups (or their shares): the part that gives no gradient, null if unknown. */
export function zeroGradientShare(point: {
  readonly allPass: number | null;
  readonly mixed: number | null;
  readonly allFail: number | null;
}): number | null {
  const { allPass, mixed, allFail } = point;
  if (allPass === null || mixed === null || allFail === null) return null;
  const all = allPass + mixed + allFail;
  return all === 0 ? null : (allPass + allFail) / all;
}
