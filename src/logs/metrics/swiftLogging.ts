import { numbersOf, type MetricRow } from './metricRow';

const stepFields = ['global_step/max_steps', 'iteration'];
const skipped: ReadonlySet<string> = new Set([...stepFields, 'step', 'global_step']);

/** A row of ms-swift's `logging.jsonl`, whose step is written as `"global_step/max_steps": "3/400"`. */
export function readSwiftRow(row: Record<string, unknown>): MetricRow | null {
  const [step] = stepFields.flatMap((field) => stepIn(row[field]) ?? []);
  return step === undefined ? null : { step, values: numbersOf(row, skipped) };
}

function stepIn(value: unknown): number | null {
  const match = typeof value === 'string' ? /^(\d{1,15})\s*\/\s*\d+$/.exec(value) : null;
  return match === null ? null : Number(match[1]);
}
