import { isRecord } from './json';

const verdictWords: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'correct', 'right', 'pass', 'passed'].map((word) => [word, true] as const),
  ...['false', 'no', 'incorrect', 'wrong', 'fail', 'failed'].map((word) => [word, false] as const),
]);
/** A step as a number, or as a name that ends in one, as in `step_12`. */
const stepText = /^(?:[a-z_]*(?:step|iter|iteration)[_-]?)?(\d+)$/i;

/** A yes or no in the shapes and words that frameworks and people write; null when the value says neither. */
export function booleanOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return value === 0 ? false : value === 1 ? true : null;
  return verdictWords.get(value.trim().toLowerCase()) ?? booleanOf(numberFromRepr(value));
}

/** A step number, also where it was written as text; null otherwise. */
export function stepOf(value: unknown): number | null {
  const text = typeof value === 'string' ? stepText.exec(value)?.[1] : undefined;
  const number = text === undefined ? value : Number(text);
  return typeof number === 'number' && Number.isInteger(number) ? number : null;
}

/** A number, or a yes or no, as Python writes them into texts; null for other texts. */
export function numberFromRepr(text: string): number | null {
  if (text === 'True') return 1;
  if (text === 'False') return 0;
  if (!/^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text.trim())) return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

/** Whether a value is a message of a conversation: `role` and `content`, or `from` and `value` as ShareGPT has it. */
export function isMessage(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && ('content' in value || ('from' in value && 'value' in value));
}
