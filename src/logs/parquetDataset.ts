import { closeSync, openSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../core/errors';
import { isRecord } from '../core/json';
import { bytesOf, type ByteSource } from './parquet/byteSource';
import { ParquetTable, type RowBatch } from './parquet/parquetTable';
import { TableAgain } from './tableAgain';

/** What rows of a dataset are read for; pictures and the like stay where they are. */
const columns = ['prompt', 'question', 'problem', 'messages', 'id', 'problem_id', 'reward_model', 'answer', 'solution', 'ground_truth', 'difficulty', 'extra_info'];

type Row = Record<string, unknown>;

/** Calls back for each row of a parquet dataset, as JSON would have it, with its number, in turns. Throws an Error fit to show. */
export async function eachParquetRow(file: string, onRow: (row: Row, place: number) => void): Promise<void> {
  const fd = openSync(file, 'r');
  try {
    for (const batch of batchesOf(file, bytesOf(file, () => fd))) {
      let place = batch.start;
      for (const row of rowsOf(batch)) onRow(row, place++);
      await nextTurn();
    }
  } finally {
    closeSync(fd);
  }
}

/** The rows of a parquet dataset, read again one after another. */
export class ParquetRowsAgain {
  private readonly rows = new TableAgain((table, from) => rowsFrom(table, from));

  constructor(private readonly file: string) {}

  /** A row by its number; undefined where there is none. Throws where it cannot be read. */
  at(place: number): Row | undefined {
    return this.rows.at(this.file, place);
  }
}

function* rowsFrom(table: ParquetTable, from: number): Generator<readonly Row[]> {
  for (const batch of readColumns(table, from)) yield [...rowsOf(batch)];
}

function* batchesOf(file: string, content: ByteSource): Generator<RowBatch> {
  const table = openTable(file, content);
  try {
    yield* readColumns(table, 0);
  } catch (error) {
    throw new Error(`${file} cannot be read (${messageOf(error)})`, { cause: error });
  }
}

function readColumns(table: ParquetTable, from: number): Generator<RowBatch> {
  return table.batches(new Map(columns.map((name) => [name, 'values'])), from);
}

function openTable(file: string, content: ByteSource): ParquetTable {
  try {
    return new ParquetTable(content);
  } catch (error) {
    throw new Error(`${file} is no whole parquet file (${messageOf(error)})`, { cause: error });
  }
}

function* rowsOf({ length, column }: RowBatch): Generator<Row> {
  const read = columns.map((name) => [name, column(name)] as const).filter(([, values]) => values.length > 0);
  for (let place = 0; place < length; place++) {
    const row: Row = {};
    for (const [name, values] of read) row[name] = plain(values[place] ?? null);
    yield row;
  }
}

/** Integers of 64 bits as numbers, or as text where no number is exact; what is null is absent. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map((each: unknown) => (each === null ? null : plain(each)));
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)])) : value;
}
