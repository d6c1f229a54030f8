import { closeSync, fstatSync, openSync } from 'node:fs';
import { bytesOf } from './parquet/byteSource';
import { ParquetTable } from './parquet/parquetTable';

interface Reading<Row> {
  readonly batches: Iterator<readonly Row[]>;
  /** Where the batch begins that was read last. */
  start: number;
  batch: readonly Row[];
  fd: number;
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
      for (const row of rows) {
        const reading = this.readingFor(stamp, row) ?? this.begin(file, fd, row);
        if (this.last?.reading.deref() !== reading) this.last = { stamp, reading: new WeakRef(reading) };
        reading.fd = fd;
        yield rowOf(reading, row);
      }
    } catch (error) {
      this.last = null;
      throw error;
    } finally {
      closeSync(fd);
    }
  }

  private readingFor(stamp: string, row: number): Reading<Row> | null {
    const known = this.last?.stamp === stamp ? this.last.reading.deref() : undefined;
    return known === undefined || row < known.start || row > known.start + known.batch.length + maxAhead ? null : known;
  }

  private begin(file: string, fd: number, row: number): Reading<Row> {
    const open = { fd };
    const batches = this.read(new ParquetTable(bytesOf(file, () => open.fd)), row)[Symbol.iterator]();
    return Object.assign(open, { batches, start: row, batch: [] });
  }
}

function rowOf<Row>(reading: Reading<Row>, row: number): Row | undefined {
  while (row >= reading.start + reading.batch.length) {
    const next = reading.batches.next();
    if (next.done === true) return undefined;
    reading.start += reading.batch.length;
    reading.batch = next.value;
  }
  return reading.batch[row - reading.start];
}
