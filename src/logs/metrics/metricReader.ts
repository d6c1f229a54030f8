import type { MetricTable } from './metricTable';

/** How one look at a metrics file ended. */
export interface MetricPoll {
  readonly changed: boolean;
  /** Whether the byte budget ended the look before the file did. */
  readonly more: boolean;
}

/** One metrics file under observation. */
export interface MetricReader {
  readonly table: MetricTable;
  /** What a person should know about the file, one sentence each. */
  readonly notes: readonly string[];
  /** Looks at the file and takes in what is new, at most about `budget` bytes. Throws what the file system throws. */
  poll(budget: number, now: number): MetricPoll;
}
