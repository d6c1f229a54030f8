import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { datasetPaths, readDatasetFields, readDatasetRow, type DatasetFields, type DatasetRow } from '../../core/datasetIndex';
import { arrayElements } from '../files/arrayElements';
import { elementAt } from '../files/arrayRows';
import { fileParts } from '../files/fileParts';
import { FileTail } from '../files/fileTail';
import { readLineAt } from '../files/lineAt';
import type { ScanListener } from '../files/lineTaker';
import { rawNumberAt } from '../files/rawNumber';
import { fieldKind, type Wanted } from '../scan/lineScanner';
import type { ScannedLine } from '../scan/scannedLine';
import { isWholeRecord, parseRecord } from '../files/tolerantJson';
import { FileWindow } from './fileWindow';
import { eachParquetRow, ParquetRowsAgain } from './parquetDataset';

/** How the rows of one dataset file are read. */
export interface DatasetReading {
  /** Calls back for each row with the place where it can be read again, in turns; null for one that is no row. Throws an Error fit to show. */
  each(onRow: (row: DatasetRow | null, place: number) => void): Promise<void>;
  /** The rows at places, read again one after the other, the quickest where they ascend; null where there is none. Throws what the file system throws. */
  again(places: readonly number[]): Iterable<DatasetRow | null>;
}

const bytesPerTurn = 1 << 20;
const newline = 0x0a;
/** What parsing a longer line takes has to be weighed first. */
const surelyLightBytes = 1 << 20;
const wanted: Wanted = { fields: datasetPaths.map((path) => ({ path, hashed: false })), leftOut: [], measured: [] };

/** Chooses how a dataset is read: as JSON lines, one JSON array or parquet. */
export function datasetReading(file: string): DatasetReading {
  if (/\.parquet$/i.test(file)) return parquetReading(file);
  return isJsonArray(file) ? arrayReading(file) : lineReading(file);
}

function parquetReading(file: string): DatasetReading {
  const again = new ParquetRowsAgain(file);
  return { each: (onRow) => eachParquetRow(file, onRow), again: (places) => again.rows(places) };
}

function lineReading(file: string): DatasetReading {
  return {
    async each(onRow) {
      const tail = new FileTail(file, {
        onLine: (line, offset) => onRow(rowOfBytes(line), offset),
        scan: scanOf(onRow),
        onReset: () => {
          throw new Error(`${file} was rewritten while it was read; try again`);
        },
        isWholeRecord,
      });
      // A moment far ahead of the file's times: its last line counts even without a newline.
      while (tail.poll(bytesPerTurn, Number.MAX_SAFE_INTEGER).more) await nextTurn();
    },
    again: (places) => rowsIn(file, places, lineIn, (place) => readLineAt(file, place)),
  };
}

function scanOf(onRow: (row: DatasetRow | null, place: number) => void): ScanListener {
  const fields = new LineFields();
  return {
    wanted,
    onLine(line, offset) {
      if (line.end - line.start > surelyLightBytes) return false;
      fields.line = line;
      onRow(readDatasetFields(fields), offset);
      return true;
    },
  };
}

/** The fields of one scanned line after another. */
class LineFields implements DatasetFields {
  line: ScannedLine | null = null;

  value(field: number): unknown {
    return this.line?.value(field);
  }

  rawNumber(field: number): string | null {
    return this.line?.kind(field) === fieldKind.number ? this.line.bytes(field).toString('latin1') : null;
  }
}

function arrayReading(file: string): DatasetReading {
  return {
    async each(onRow) {
      const fd = openSync(file, 'r');
      try {
        let turnEnd = bytesPerTurn;
        for (const { bytes, offset } of arrayElements(fileParts(() => fd))) {
          onRow(bytes === null ? null : rowOfBytes(bytes), offset);
          if (offset < turnEnd) continue;
          await nextTurn();
          turnEnd = offset + bytesPerTurn;
        }
      } catch (error) {
        throw error instanceof SyntaxError ? new Error(`${file} is not a complete JSON array`) : error;
      } finally {
        closeSync(fd);
      }
    },
    again: (places) => rowsIn(file, places, (bytes) => elementAt(bytes, 0), (place, fd) => elementAt(() => fd, place)),
  };
}

/** The bytes of a row at a place: mostly found among bytes that are there already, else sought in the file by itself. */
function* rowsIn(file: string, places: readonly number[], find: (bytes: Buffer) => Buffer | null, seek: (place: number, fd: number) => Buffer | null): Generator<DatasetRow | null> {
  const fd = openSync(file, 'r');
  try {
    const window = new FileWindow(fd);
    for (const place of places) {
      const bytes = window.find(place, find) ?? seek(place, fd);
      yield bytes === null ? null : rowOfBytes(bytes);
    }
  } finally {
    closeSync(fd);
  }
}

/** The line that bytes begin with; null where it has no end among them. */
function lineIn(bytes: Buffer): Buffer | null {
  const end = bytes.indexOf(newline);
  return end < 0 ? null : bytes.subarray(0, end);
}

/** Null for what is no JSON object, has no prompt, or is too long. */
function rowOfBytes(bytes: Buffer): DatasetRow | null {
  return readDatasetRow(recordOf(bytes), (path) => rawNumberAt(bytes.toString('utf8'), path));
}

function recordOf(bytes: Buffer): Record<string, unknown> | null {
  try {
    return parseRecord(bytes);
  } catch {
    // Too long: as unusable as one that is no JSON.
    return null;
  }
}

function isJsonArray(file: string): boolean {
  if (!/\.json$/i.test(file)) return false;
  const fd = openSync(file, 'r');
  try {
    const chunk = Buffer.alloc(1 << 12);
    for (let length = readSync(fd, chunk); length > 0; length = readSync(fd, chunk)) {
      // A byte order mark counts as white space for trim; all that may stand before the bracket is ASCII or that mark.
      const start = chunk.toString('utf8', 0, length).trimStart();
      if (start !== '') return start.startsWith('[');
    }
    return false;
  } finally {
    closeSync(fd);
  }
}
