import { isRecord } from '../../core/json';
import { numbersOf, stepOf, type MetricRow } from './metricRow';

/** The step again, under another name. */
const skipped: ReadonlySet<string> = new Set(['training/global_step']);

/** A row of verl's file logger, `{"step": N, "data": {…}}`; verl truncates the file at each launch. */
export function readVerlRow(row: Record<string, unknown>): MetricRow | null {
  const [step, data] = [stepOf(row['step']), row['data']];
  return step === null || !isRecord(data) ? null : { step, values: numbersOf(data, skipped) };
}
