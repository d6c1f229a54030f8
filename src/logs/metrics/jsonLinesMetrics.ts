import { FileTail } from '../files/fileTail';
import { isWholeRecord, parseRecord } from '../files/tolerantJson';
import type { MetricRow } from './metricRow';
import type { MetricPoll, MetricReader } from './metricReader';
import { MetricTable } from './metricTable';

/** How a kind of metrics file writes a row; null where the row is none. */
export type ReadMetricRow = (row: Record<string, unknown>) => MetricRow | null;

/** Metrics in JSON lines, read as they grow. A row that several writers share a step with is merged with theirs. */
export class JsonLinesMetrics implements MetricReader {
  table = new MetricTable();
  private bad = 0;
  private readonly tail: FileTail;

  constructor(path: string, private readonly readRow: ReadMetricRow) {
    this.tail = new FileTail(path, {
      onLine: (line) => this.readLine(line),
      onReset: () => this.reset(),
      isWholeRecord,
    });
  }

  get notes(): readonly string[] {
    return this.bad === 0 ? [] : [`Skipped ${this.bad === 1 ? '1 line that is not a JSON object' : `${this.bad} lines that are not JSON objects`}.`];
  }

  poll(budget: number, now: number): MetricPoll {
    return this.tail.poll(budget, now);
  }

  private readLine(line: Buffer): void {
    const row = tryParse(line);
    if (row === null) {
      this.bad++;
      return;
    }
    const metrics = this.readRow(row);
    if (metrics !== null) this.table.add(metrics);
  }

  private reset(): void {
    this.table = new MetricTable();
    this.bad = 0;
  }
}

function tryParse(line: Buffer): Record<string, unknown> | null {
  try {
    return parseRecord(line);
  } catch {
    // Too long: metrics are short.
    return null;
  }
}
