import { isRecord } from '../../core/json';
import { numberFromRepr } from '../../core/writtenValue';
import { measuredLength } from '../scan/measuredText';

/**
 * A reward in any of the shapes that frameworks write: number, bool, per-token list (summed), object with `score` or
 * `reward`, and the repr strings of Python's `default=str`. Null when missing, not finite, or the repr of an array or tensor.
 */
export function rewardOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return numberFromRepr(value);
  if (Array.isArray(value)) return sumOf(value);
  if (isRecord(value)) return rewardOf(value['score'] ?? value['reward']);
  return null;
}

/** Code points of a text, also of one that was only measured; null when it is none. */
export function lengthOf(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  const measured = measuredLength(value);
  if (measured !== null) return measured;
  // Most texts have none, which the pattern sees without looking at every character.
  if (!/[\ud800-\udbff]/.test(value)) return value.length;
  let surrogatePairs = 0;
  for (let i = 0; i + 1 < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00) surrogatePairs++;
  }
  return value.length - surrogatePairs;
}

/** The prompt of a rollout that is logged as token ids, which tell it from others as its text would. */
export function promptOfTokens(tokens: readonly unknown[]): string {
  return `prompt tokens ${tokens.join(' ')}`;
}

function sumOf(values: readonly unknown[]): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (const value of values) {
    if (typeof value !== 'number' || !Number.isFinite(value)) return null;
    sum += value;
  }
  return sum;
}
