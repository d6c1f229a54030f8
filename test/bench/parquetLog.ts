import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { eachChunk, tallyRows } from './otherReaders';
import type { Tally } from './productReaders';

/** Turns the step files of a log into TRL's: the same columns, compression and row groups as pandas gives them, in pages that are ten times as large. */
export async function toParquet(directory: string): Promise<void> {
  const steps = readdirSync(directory).filter((file) => file.endsWith('.jsonl'));
  mkdirSync(path.join(directory, 'completions'), { recursive: true });
  for (const file of steps) {
    const target = path.join(directory, 'completions', `completions_${file.replace('.jsonl', '').padStart(5, '0')}.parquet`);
    const select = `SELECT step, input AS prompt, output AS completion, score AS accuracy_reward, score - 0.5 AS advantage FROM read_json('${path.join(directory, file)}', format = 'newline_delimited')`;
    await eachChunk(`COPY (${select}) TO '${target}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 1000000)`, 1, () => undefined);
    rmSync(path.join(directory, file));
  }
}

/** DuckDB, one row for each rollout of TRL's files taken over into JavaScript. */
export function rowsOfParquetByDuckdb(directory: string, threads: number): Promise<Tally> {
  return tallyRows(`SELECT (hash(prompt) >> 11)::DOUBLE, accuracy_reward, length(completion)::INTEGER, step, advantage FROM read_parquet('${directory}/completions/*.parquet')`, threads);
}
