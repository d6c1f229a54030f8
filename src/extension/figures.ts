import { l10n } from './l10n';

/** A difficulty or competence: two decimals and always a sign, so that columns line up and 0 shows no false sign. */
export function signed(value: number): string {
  const text = Math.abs(value).toFixed(2);
  if (Number(text) === 0) return text;
  return value < 0 ? `−${text}` : `+${text}`;
}

/** A share of 0 to 1 in whole per cent. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

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

/** A count with its thousands apart, as on the dashboard. */
export function counted(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/gu, '\u202f');
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
