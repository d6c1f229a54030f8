import type { JsonValue } from '../../core/json';

/** What the input box shows for a ground truth; `parseGroundTruth` of it gives the same value back. */
export function groundTruthText(value: JsonValue): string {
  if (typeof value !== 'string') return value === null ? '' : JSON.stringify(value);
  return isPlain(value) ? value : JSON.stringify(value);
}

/**
 * The value that a person typed, read in the light of the present one. Where that is a string, the text itself, so that
 * 14 stays "14"; only a quoted JSON string is unquoted. Where it is unknown, the same, but lists and objects are read as
 * JSON. Where it is anything else, JSON. What is no JSON is a string; nothing typed is null.
 */
export function parseGroundTruth(typed: string, present: JsonValue): JsonValue {
  const text = typed.trim();
  if (text === '') return null;
  if (!readsAsJson(text, present)) return text;
  try {
    // JSON.parse gives exactly a JsonValue.
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

function readsAsJson(text: string, present: JsonValue): boolean {
  if (typeof present === 'string') return text.startsWith('"');
  if (present === null) return /^["[{]/.test(text);
  return true;
}

/** A string that survives the input box as it is: one line, no quotes that ask to be read as JSON, nothing to trim. */
function isPlain(value: string): boolean {
  return value !== '' && value === value.trim() && !value.startsWith('"') && !/[\u0000-\u001f\u2028\u2029]/.test(value);
}
