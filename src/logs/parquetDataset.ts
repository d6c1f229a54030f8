import { closeSync, openSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../core/errors';
import { isRecord } from '../core/json';
import { bytesOf, type ByteSource } from './parquet/byteSource';
import { ParquetTable, type RowBatch } from './parquet/parquetTable';

/** What rows of a dataset are read for; pictures and the like stay where they are. */
const columns = ['prompt', 'question', 'problem', 'messages', 'id', 'problem_id', 'reward_model', 'answer', 'solution', 'ground_truth', 'difficulty', 'extra_info'];

/** Calls back for each row of a parquet dataset, as JSON would have it, in turns. Throws an Error fit to show. */
export async function eachParquetRow(file: string, onRow: (row: Record<string, unknown>) => void): Promise<void> {
  const fd = openSync(file, 'r');
  try {
    for (const batch of batchesOf(file, bytesOf(file, () => fd))) {
      eachRowOf(batch, onRow);
      await nextTurn();
    }
  } finally {
    closeSync(fd);
  }
}

function* batchesOf(file: string, content: ByteSource): Generator<RowBatch> {
  const table = openTable(file, content);
  try {
    yield* table.batches(new Map(columns.map((name) => [name, 'values'])));
  } catch (error) {
    throw new Error(`${file} cannot be read (${messageOf(error)})`, { cause: error });
  }
}

function openTable(file: string, content: ByteSource): ParquetTable {
  try {
    return new ParquetTable(content);
  } catch (error) {
    throw new Error(`${file} is no whole parquet file (${messageOf(error)})`, { cause: error });
  }
}

function eachRowOf({ length, column }: RowBatch, onRow: (row: Record<string, unknown>) => void): void {
  const read = columns.map((name) => [name, column(name)] as const).filter(([, values]) => values.length > 0);
  for (let place = 0; place < length; place++) {
    const row: Record<string, unknown> = {};
    for (const [name, values] of read) row[name] = plain(values[place] ?? null);
    onRow(row);
  }
}

/** Integers of 64 bits as numbers, or as text where no number is exact; what is null is absent. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map((each: unknown) => (each === null ? null : plain(each)));
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)])) : value;
}
