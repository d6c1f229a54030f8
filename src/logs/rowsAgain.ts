import { closeSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { elementAt } from './files/arrayRows';
import { contentOf } from './files/decompress';
import { readLineAt } from './files/lineAt';
import { compressedEnd, type LogFormat, type RolloutRow, type TableReading } from './logFormat';
import { TableAgain } from './tableAgain';
import { parseBytes, parseRecord } from './files/tolerantJson';

/** Where a log file has rows. */
export interface LogPlace {
  /** The file; the directory where a log is one of very many documents. */
  readonly file: string;
  /** The byte at which the line starts; the row of a table; 0 where a file is read whole. */
  readonly offset: number;
  /** The id by which the log knows the problem: it stands in the names of documents. */
  readonly explicitId: string | null;
}

/** A larger file that can only be read whole is not read again to show a text of it. */
const maxBytes = 1 << 27;
/** So many documents of a directory are looked into for one problem. */
const maxDocuments = 512;

/**
 * The rows at a place of a log, read again: those of a line or of a document, in their order, or the one of a table. Empty
 * when the file is gone, was rewritten, or is too large for this.
 */
export function rowsAt(format: LogFormat, place: LogPlace): readonly RolloutRow[] {
  try {
    if (format.table !== undefined) return rowOfTable(format.table, place);
    if (format.documentNames !== undefined) return rowsOfDocuments(format, place, format.documentNames);
    if (format.keyOfRow !== undefined) return rowsOfElement(format, place);
    return format.kind === 'lines' ? rowsOfLine(format, lineAt(place)) : rowsOfFile(format, place.file);
  } catch {
    // Gone, cut off in the middle, or not to be read: what stood there is not to be had any more.
    return [];
  }
}

/** What the model wrote in a row of a table, whose rows do not hold it. */
export function responseAt({ table }: LogFormat, { file, offset }: Omit<LogPlace, 'explicitId'>): string | undefined {
  try {
    return table === undefined ? undefined : (tablesOf(table).responses.at(file, offset) ?? undefined);
  } catch {
    return undefined;
  }
}

interface TablesAgain {
  readonly rows: TableAgain<RolloutRow>;
  readonly responses: TableAgain<string | null>;
}

const tables = new WeakMap<TableReading, TablesAgain>();

function tablesOf(reading: TableReading): TablesAgain {
  const known = tables.get(reading) ?? { rows: new TableAgain(reading.rowsFrom), responses: new TableAgain(reading.responsesFrom) };
  tables.set(reading, known);
  return known;
}

function rowOfTable(reading: TableReading, { file, offset }: LogPlace): readonly RolloutRow[] {
  const row = tablesOf(reading).rows.at(file, offset);
  return row === undefined ? [] : [row];
}

function lineAt({ file, offset }: LogPlace): Buffer {
  if (!compressedEnd.test(file)) return readLineAt(file, offset);
  const content = contentAgain(file);
  const end = content.indexOf(0x0a, offset);
  return content.subarray(offset, end < 0 ? undefined : end);
}

function rowsOfLine(format: LogFormat, line: Buffer): readonly RolloutRow[] {
  const record = parseRecord(line);
  if (record === null) return [];
  const rows = format.readRow(record, { rawNumber: () => null });
  // Where a format has no text of its own for the response, people see the whole record.
  return rows.map((row) => (row.response === undefined ? { ...row, response: plainResponse(record) } : row));
}

/** The rows of the element that was read last: those of many problems are wanted one after the other. */
let lastElement: { readonly stamp: string; readonly rows: WeakRef<readonly RolloutRow[]> } | null = null;

function rowsOfElement(format: LogFormat, { file, offset }: LogPlace): readonly RolloutRow[] {
  const stamp = `${stampOf(file)} ${offset}`;
  const known = lastElement?.stamp === stamp ? lastElement.rows.deref() : undefined;
  if (known !== undefined) return known;
  const element = compressedEnd.test(file) ? elementAt(contentAgain(file), offset) : elementOf(file, offset);
  const rows = element === null ? [] : format.readRow(parseRecord(element), { rawNumber: () => null });
  lastElement = { stamp, rows: new WeakRef(rows) };
  return rows;
}

function elementOf(file: string, offset: number): Buffer | null {
  const fd = openSync(file, 'r');
  try {
    return elementAt(() => fd, offset);
  } finally {
    closeSync(fd);
  }
}

function stampOf(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return `${file} ${size} ${mtimeMs}`;
}

/** The fields in which frameworks put what the model wrote, the first one that is there. */
const responseFields = ['output', 'response', 'completion', 'output_response'] as const;

function plainResponse(record: Record<string, unknown>): string {
  const field = responseFields.find((name) => typeof record[name] === 'string');
  return field === undefined ? JSON.stringify(record, null, 2) : String(record[field]);
}

function rowsOfFile(format: LogFormat, file: string): readonly RolloutRow[] {
  const content = contentAgain(file);
  const known = rowsByContent.get(content);
  if (known !== undefined) return known;
  const rows = format.readRow(parseBytes(content), { rawNumber: () => null });
  rowsByContent.set(content, rows);
  return rows;
}

function rowsOfDocuments(format: LogFormat, { file: directory, explicitId }: LogPlace, pattern: RegExp): readonly RolloutRow[] {
  const names = readdirSync(directory).filter((name) => pattern.test(name.replace(compressedEnd, '')) && name.includes(explicitId ?? ''));
  return names.slice(0, maxDocuments).flatMap((name) => rowsOfFile(format, path.join(directory, name)));
}

const rowsByContent = new WeakMap<Buffer, readonly RolloutRow[]>();
/** The file read last: many of its rows are wanted one after the other. It is given up when memory is wanted. */
let last: { readonly stamp: string; readonly content: WeakRef<Buffer> } | null = null;

function contentAgain(file: string): Buffer {
  const { size } = statSync(file);
  const stamp = stampOf(file);
  const known = last?.stamp === stamp ? last.content.deref() : undefined;
  if (known !== undefined) return known;
  if (size > maxBytes) throw new RangeError(`${file} is larger than 128 MiB`);
  const content = contentOf(file, readFileSync(file));
  last = { stamp, content: new WeakRef(content) };
  return content;
}
