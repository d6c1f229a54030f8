import { isRecord } from '../../core/json';
import { parseTolerant } from '../files/tolerantJson';
import { WholeFile } from '../files/wholeFile';
import type { MetricPoll, MetricReader } from './metricReader';
import { numbersOf, stepOf } from './metricRow';
import { MetricTable } from './metricTable';

const skipped: ReadonlySet<string> = new Set(['step']);

/** `trainer_state.json` of the Hugging Face trainer: its `log_history`, read whole when the file changed. */
export class TrainerStateMetrics implements MetricReader {
  table = new MetricTable();
  readonly notes: readonly string[] = [];
  private readonly file: WholeFile;

  constructor(path: string) {
    this.file = new WholeFile(path, { whole: (content) => this.read(content) });
  }

  poll(): MetricPoll {
    return this.file.poll();
  }

  private read(content: Buffer): boolean {
    const table = readHistory(content.toString('utf8'));
    // Caught in the middle of being written: what was read before stays, and it is read again when it changes.
    if (table === null) return false;
    this.table = table;
    return true;
  }
}

function readHistory(text: string): MetricTable | null {
  const state = tryParse(text);
  const history = isRecord(state) ? state['log_history'] : undefined;
  if (!Array.isArray(history)) return null;
  const table = new MetricTable();
  for (const entry of history) {
    const step = isRecord(entry) ? stepOf(entry['step']) : null;
    if (isRecord(entry) && step !== null) table.add({ step, values: numbersOf(entry, skipped) });
  }
  return table;
}

function tryParse(text: string): unknown {
  try {
    return parseTolerant(text);
  } catch {
    return undefined;
  }
}
