/** Any value that JSON can carry. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Whether `value` is a JSON object (not null, not a list). */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Why a value that was parsed has no canonical JSON: it nests deeper than `maxDepth`, which would overflow the stack, or
 * holds a number too large for a double, which parsing makes infinite. Null where it has one.
 */
export function jsonFault(value: unknown, maxDepth: number): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'holds a number too large for a double';
  if (typeof value !== 'object' || value === null) return null;
  if (maxDepth === 0) return 'is nested too deeply';
  for (const inner of Object.values(value)) {
    const fault = jsonFault(inner, maxDepth - 1);
    if (fault !== null) return fault;
  }
  return null;
}

/** Canonical JSON of a ground truth. Numbers beyond all doubles, which parsing makes infinite, count as null. */
export function answerJson(groundTruth: JsonValue): string {
  try {
    return canonicalJson(groundTruth);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return canonicalJson(JSON.parse(JSON.stringify(groundTruth)));
  }
}

/**
 * The one text of a JSON value that does not depend on key order or white space: keys sorted by UTF-16 code unit,
 * numbers as ECMAScript writes them (RFC 8785). Throws on values that JSON cannot carry.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('JSON has no text for a number that is not finite');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isRecord(value)) throw new TypeError(`JSON has no text for a ${typeof value}`);
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${members.join(',')}}`;
}
