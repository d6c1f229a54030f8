/** What one row of a metrics file says: numbers by name at one step. A number that is not finite is null. */
export interface MetricRow {
  readonly step: number;
  readonly values: Iterable<readonly [name: string, value: number | null]>;
}

/** The numbers among a row's members; texts, lists and the `skipped` names are left out. */
export function* numbersOf(row: Record<string, unknown>, skipped: ReadonlySet<string>): Generator<readonly [string, number | null]> {
  for (const [name, value] of Object.entries(row)) {
    if (skipped.has(name)) continue;
    // Python's NaN and orjson's null for it both arrive as null: the figure was there and is unknown.
    if (value === null || typeof value === 'number') yield [name, finiteOrNull(value)];
  }
}

/** A step as files write it: a whole number that is not negative; null for anything else. */
export function stepOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** The number itself, or null where it is none that can be drawn. */
export function finiteOrNull(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
