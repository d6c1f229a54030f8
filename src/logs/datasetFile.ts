import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DatasetIndex, readDatasetRow, type DatasetRow } from '../core/datasetIndex';
import { arrayElements } from './arrayElements';
import { fileParts } from './fileParts';
import { FileTail } from './fileTail';
import { eachParquetRow } from './parquetDataset';
import { rawNumberAt } from './rawNumber';
import { isWholeRecord, parseRecord, parseTolerant } from './tolerantJson';

/** A dataset as it was read. */
export interface DatasetFile {
  readonly path: string;
  readonly index: DatasetIndex;
  /** Size and times by which a later change is noticed. */
  readonly stamp: string;
  /** Rows without a prompt, and lines that are no JSON object. */
  readonly unusableRows: number;
}

const bytesPerTurn = 1 << 20;

/** What `stamp` would be now; empty when the file is gone. */
export function datasetStamp(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.size} ${stat.mtimeMs} ${stat.ino}`;
}

/** Reads a dataset of JSON lines, one JSON array or parquet, in turns. Throws an Error fit to show. */
export async function readDatasetFile(file: string): Promise<DatasetFile> {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error(`${file} is a directory: name one dataset file in it`);
  const stamp = datasetStamp(file);
  const index = new DatasetIndex();
  const unusableRows = await readRows(file, index);
  if (index.rows.length === 0) {
    throw new Error(`${file}: no row has a prompt (one of “prompt”, “question”, “problem”, “messages”)`);
  }
  return { path: file, index, stamp, unusableRows };
}

/** One line of a dataset file as a row; null when it is none. */
export function parseDatasetLine(line: string): DatasetRow | null {
  const row = tryParse(line);
  return readDatasetRow(row, (path) => rawNumberAt(line, path));
}

function readRows(file: string, index: DatasetIndex): Promise<number> | number {
  if (/\.parquet$/i.test(file)) return readParquet(file, index);
  return isJsonArray(file) ? readArray(file, index) : readLines(file, index);
}

async function readParquet(file: string, index: DatasetIndex): Promise<number> {
  let unusable = 0;
  await eachParquetRow(file, (item) => {
    const row = readDatasetRow(item, () => null);
    if (row === null) unusable++;
    else index.add(row);
  });
  return unusable;
}

async function readLines(file: string, index: DatasetIndex): Promise<number> {
  let unusable = 0;
  const tail = new FileTail(file, {
    onLine: (line) => {
      if (!addRow(index, line)) unusable++;
    },
    onReset: () => {
      throw new Error(`${file} was rewritten while it was read; try again`);
    },
    isWholeRecord,
  });
  // A moment far ahead of the file's times: its last line counts even without a newline.
  while (tail.poll(bytesPerTurn, Number.MAX_SAFE_INTEGER).more) await nextTurn();
  return unusable;
}

async function readArray(file: string, index: DatasetIndex): Promise<number> {
  const fd = openSync(file, 'r');
  try {
    let unusable = 0;
    let bytes = 0;
    for (const element of arrayElements(fileParts(() => fd))) {
      if (element.bytes === null || !addRow(index, element.bytes)) unusable++;
      bytes += element.length;
      if (bytes < bytesPerTurn) continue;
      await nextTurn();
      bytes = 0;
    }
    return unusable;
  } catch (error) {
    throw error instanceof SyntaxError ? new Error(`${file} is not a complete JSON array`) : error;
  } finally {
    closeSync(fd);
  }
}

/** False for a row that is no JSON object, has no prompt, or is too long. */
function addRow(index: DatasetIndex, bytes: Buffer): boolean {
  const row = readDatasetRow(recordOf(bytes), (path) => rawNumberAt(bytes.toString('utf8'), path));
  if (row !== null) index.add(row);
  return row !== null;
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

function tryParse(text: string): unknown {
  try {
    return parseTolerant(text);
  } catch {
    return undefined;
  }
}
