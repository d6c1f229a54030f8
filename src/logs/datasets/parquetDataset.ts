import { closeSync, openSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { datasetPaths, readDatasetFields, type DatasetFields, type DatasetRow } from '../../core/datasetIndex';
import { messageOf } from '../../core/errors';
import { isRecord } from '../../core/json';
import { bytesOf, type ByteSource } from '../parquet/byteSource';
import { ParquetTable, type RowBatch, type WantedColumns } from '../parquet/parquetTable';
import { TableAgain } from '../tableAgain';

/** What rows of a dataset are read for; pictures and the like stay where they are. */
const columns: WantedColumns = new Map(datasetPaths.map(([name = '', inner]) => [name, inner === undefined ? 'values' : membersOf(name)]));

/** Calls back for each row of a parquet dataset, as JSON would have it, with its number, in turns; null for one without a prompt. Throws an Error fit to show. */
export async function eachParquetRow(file: string, onRow: (row: DatasetRow | null, place: number) => void): Promise<void> {
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
  private readonly table = new TableAgain((table, from) => rowsFrom(table, from));

  constructor(private readonly file: string) {}

  /** Rows by their numbers; null where there is none. Throws where it cannot be read. */
  *rows(places: readonly number[]): Generator<DatasetRow | null> {
    for (const row of this.table.rows(this.file, places)) yield row ?? null;
  }
}

function* rowsFrom(table: ParquetTable, from: number): Generator<readonly (DatasetRow | null)[]> {
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
  return table.batches(columns, from);
}

function openTable(file: string, content: ByteSource): ParquetTable {
  try {
    return new ParquetTable(content);
  } catch (error) {
    throw new Error(`${file} is not a complete parquet file (${messageOf(error)})`, { cause: error });
  }
}

function* rowsOf(batch: RowBatch): Generator<DatasetRow | null> {
  const fields = new BatchFields(batch);
  for (fields.place = 0; fields.place < batch.length; fields.place++) yield readDatasetFields(fields);
}

/** The fields of one row of a batch after another. */
class BatchFields implements DatasetFields {
  place = 0;
  private readonly values: readonly (readonly unknown[])[];

  constructor({ column }: RowBatch) {
    this.values = datasetPaths.map(([name = '']) => column(name));
  }

  value(field: number): unknown {
    const value = this.values[field]?.[this.place] ?? null;
    const inner = datasetPaths[field]?.[1];
    if (inner === undefined) return plain(value);
    return isRecord(value) ? plain(value[inner]) : undefined;
  }

  rawNumber(): null {
    return null;
  }
}

function membersOf(column: string): readonly string[] {
  return datasetPaths.flatMap(([name, inner]) => (name === column && inner !== undefined ? [inner] : []));
}

/** Integers of 64 bits as numbers, or as text where no number is exact; what is null is absent. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map((each: unknown) => (each === null ? null : plain(each)));
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)])) : value;
}
