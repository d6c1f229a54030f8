import { numbersOf, stepOf, type MetricRow } from './metricRow';

const skipped: ReadonlySet<string> = new Set(['step', 'time', 'timestamp', '_step', '_timestamp', 'progress/step']);

/**
 * A row of `metrics.jsonl` as prime-rl and tinker-cookbook write it, `{"step": N, …}`. In prime-rl the trainer and the
 * orchestrator both append to it, so that a step has several rows.
 */
export function readFlatRow(row: Record<string, unknown>): MetricRow | null {
  const step = stepOf(row['step']);
  return step === null ? null : { step, values: numbersOf(row, skipped) };
}
