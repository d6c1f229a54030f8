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
  if (nestsDeeper(value, maxDepth)) return 'is nested too deeply';
  return holdsInfinite(value) ? 'holds a number too large for a double' : null;
}

/** Whether a value that was parsed holds lists or objects within one another, more than so many levels of them. Looks no deeper than that. */
export function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => nestsDeeper(inner, levels - 1));
}

function holdsInfinite(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsInfinite);
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
