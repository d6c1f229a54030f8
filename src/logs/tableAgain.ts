import { closeSync, fstatSync, openSync } from 'node:fs';
import { bytesOf } from './parquet/byteSource';
import { ParquetTable } from './parquet/parquetTable';

interface Reading<Row> {
  readonly table: ParquetTable;
  /** What the table is read from. */
  readonly open: { fd: number };
  batches: Iterator<readonly Row[]>;
  /** Where the batch begins that was read last. */
  start: number;
  batch: readonly Row[];
}

/** A row that lies so much further on is sought anew. */
const maxAhead = 4096;

/** Rows of tables, read again one after another: what was read for one row serves those that follow it. */
export class TableAgain<Row> {
  /** The table read last. It is given up when memory is wanted. */
  private last: { readonly stamp: string; readonly reading: WeakRef<Reading<Row>> } | null = null;

  /** `read` reads the rows of a table from one on. */
  constructor(private readonly read: (table: ParquetTable, from: number) => Iterable<readonly Row[]>) {}

  /** A row of a file; undefined where it has no such row. Throws where it cannot be read. */
  at(file: string, row: number): Row | undefined {
    for (const found of this.rows(file, [row])) return found;
    return undefined;
  }

  /** The same for rows one after the other. */
  *rows(file: string, rows: Iterable<number>): Generator<Row | undefined> {
    const fd = openSync(file, 'r');
    try {
      const { size, mtimeMs, ino } = fstatSync(fd);
      const stamp = `${file} ${size} ${mtimeMs} ${ino}`;
      const reading = this.readingOf(stamp) ?? this.begin(stamp, file, fd);
      for (const row of rows) {
        reading.open.fd = fd;
        if (row < reading.start || row > reading.start + reading.batch.length + maxAhead) this.seek(reading, row);
        yield rowOf(reading, row);
      }
    } catch (error) {
      this.last = null;
      throw error;
    } finally {
      closeSync(fd);
    }
  }

  private readingOf(stamp: string): Reading<Row> | undefined {
    return this.last?.stamp === stamp ? this.last.reading.deref() : undefined;
  }

  private begin(stamp: string, file: string, fd: number): Reading<Row> {
    const open = { fd };
    const table = new ParquetTable(bytesOf(file, () => open.fd));
    const reading: Reading<Row> = { table, open, batches: noRows, start: Infinity, batch: [] };
    this.last = { stamp, reading: new WeakRef(reading) };
    return reading;
  }

  private seek(reading: Reading<Row>, row: number): void {
    // Its pages are given back: the garbage collector would let those of many rows gather.
    reading.batches.return?.();
    reading.batches = this.read(reading.table, row)[Symbol.iterator]();
    reading.start = row;
    reading.batch = [];
  }
}

const noRows: Iterator<never> = { next: () => ({ done: true, value: undefined }) };

function rowOf<Row>(reading: Reading<Row>, row: number): Row | undefined {
  while (row >= reading.start + reading.batch.length) {
    const next = reading.batches.next();
    if (next.done === true) return undefined;
    reading.start += reading.batch.length;
    reading.batch = next.value;
  }
  return reading.batch[row - reading.start];
}
