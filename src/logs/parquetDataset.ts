import { readFileSync, statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../core/errors';
import { isRecord } from '../core/json';
import { ParquetTable } from './parquetTable';

/** What rows of a dataset are read for; pictures and the like stay where they are. */
const columns = ['prompt', 'question', 'problem', 'messages', 'id', 'problem_id', 'reward_model', 'answer', 'solution', 'ground_truth', 'difficulty', 'extra_info'];
const maxBytes = 1 << 29;
const rowsPerTurn = 4096;

/** Calls back for each row of a parquet dataset, as JSON would have it, in turns. Throws an Error fit to show. */
export async function eachParquetRow(file: string, onRow: (row: Record<string, unknown>) => void): Promise<void> {
  if (statSync(file).size > maxBytes) throw new Error(`${file} is larger than 512 MiB; give it as JSONL, one row a line`);
  const table = openTable(file);
  const read: (readonly [string, unknown[]])[] = [];
  for (const name of columns.filter((each) => table.columns.includes(each))) {
    read.push([name, table.values(name)]);
    await nextTurn();
  }
  for (let row = 0; row < table.rowCount; row++) {
    onRow(Object.fromEntries(read.map(([name, values]) => [name, plain(values[row])])));
    if (row % rowsPerTurn === rowsPerTurn - 1) await nextTurn();
  }
}

function openTable(file: string): ParquetTable {
  try {
    return new ParquetTable(readFileSync(file));
  } catch (error) {
    throw new Error(`${file} is no whole parquet file (${messageOf(error)})`, { cause: error });
  }
}

/** Integers of 64 bits as numbers, or as text where no number is exact; what is null is absent. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map((each: unknown) => (each === null ? null : plain(each)));
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)])) : value;
}
