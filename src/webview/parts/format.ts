import { counted, fixed, percent, signed } from '../../core/figures';

const minus = '\u2212';
const none = '\u2013';

/** A figure with a fixed number of decimals and a true minus sign; an en dash where there is none. */
export function formatFixed(value: number | null, decimals = 2): string {
  if (value === null || !Number.isFinite(value)) return none;
  return fixed(value, decimals);
}

/** A difficulty or competence, with its sign; an en dash where there is none. */
export function formatSigned(value: number | null, decimals = 2): string {
  return value === null || !Number.isFinite(value) ? none : signed(value, decimals);
}

/** A share 0..1 in per cent; an en dash where there is none. */
export function formatPercent(share: number | null, decimals = 0): string {
  return share === null || !Number.isFinite(share) ? none : percent(share, decimals);
}

/** A figure of any size in four digits, from 1000 on whole, very large and very small ones with a power of ten; an en dash where there is none. */
export function formatFigure(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return none;
  const text = figureText(Math.abs(value));
  return value < 0 ? `${minus}${text}` : text;
}

function figureText(size: number): string {
  if (size !== 0 && (size >= 1e6 || size < 1e-3)) return size.toExponential(2).replace(/\.?0+e/u, 'e');
  return counted(size >= 1000 ? Math.round(size) : Number(size.toPrecision(4)));
}

/** A count with thin thousands groups. */
export function formatCount(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return none;
  return counted(Math.round(value * 10) / 10);
}

/** A step's number as the log writes it: a name, so without thousands groups. */
export function formatStep(step: number | null): string {
  return step === null ? none : String(step);
}

/** "1 group", "12 groups". */
export function formatNumberOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** An interval of shares, "31–62 %". */
export function formatInterval(interval: readonly [number, number] | null): string {
  if (!interval) return none;
  return `${formatFixed(interval[0] * 100, 0)}${none}${formatFixed(interval[1] * 100, 0)} %`;
}

const ageUnits: readonly (readonly [string, number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
];

/** How long ago `at` was (both ms since the epoch), in the largest whole unit: "12 s ago". */
export function formatAge(at: number, now: number): string {
  const seconds = Math.max(0, Math.floor((now - at) / 1000));
  for (const [name, size] of ageUnits) {
    if (seconds >= size) return `${formatCount(Math.floor(seconds / size))} ${name} ago`;
  }
  return 'just now';
}
