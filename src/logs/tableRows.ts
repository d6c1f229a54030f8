import type { RolloutRow, TableReading } from './logFormat';
import type { ByteSource } from './parquet/byteSource';
import { ParquetTable } from './parquet/parquetTable';
import type { PartsProgress } from './files/wholeFile';

/** Calls back for each rollout of a table with the number of its row, in parts. Throws an Error where it is not whole. */
export function* eachTableRow(reading: TableReading, content: ByteSource, onRow: (row: RolloutRow, place: number) => void): Generator<PartsProgress, void> {
  const table = new ParquetTable(content);
  let place = 0;
  for (const rows of reading.rows(table)) {
    for (const row of rows) onRow(row, place++);
    yield table.progress;
  }
}
