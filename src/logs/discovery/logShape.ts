import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { beginningOf } from '../files/decompress';
import { compressedEnd, type LogFormat } from '../logFormat';
import { FileBytes } from '../parquet/byteSource';
import { ParquetTable } from '../parquet/parquetTable';
import { readFirstRow } from './firstRow';

/** So much of a file tells how its first row begins, compressed or not. */
const headBytes = 1 << 14;
/** A JSON array as far as the name of its first row's first member, or as far as it has been written. */
const arrayStart = /^\ufeff?\s*(?:$|\[\s*(?:$|\]\s*$|\{\s*(?:"([^"\\]*)"|$|"[^"\\]*$)))/;

/**
 * What a file shows of itself to tell whether it is a log: the first row of `lines`, of an `array` the first member of
 * its first row, the columns of a `table`, each with nothing in it. Empty where the file is still being written or
 * damaged, or is a document, so that its name has to do; null when it is no file of that kind.
 */
export function readShape(file: string, kind: LogFormat['kind']): Record<string, unknown> | null {
  switch (kind) {
    case 'lines':
      return readFirstRow(file);
    case 'array':
      return arrayShape(headOf(file));
    case 'table':
      return Object.fromEntries(columnsOf(file).map((name) => [name, null]));
    case 'document':
      return {};
  }
}

function arrayShape(head: string): Record<string, unknown> | null {
  const match = arrayStart.exec(head);
  if (match === null) return null;
  const [, member] = match;
  return member === undefined ? {} : Object.fromEntries([[member, null]]);
}

function headOf(file: string): string {
  return withOpen(file, '', (fd) => {
    const head = Buffer.alloc(headBytes);
    const bytes = head.subarray(0, readSync(fd, head, 0, headBytes, 0));
    return (compressedEnd.test(file) ? beginningOf(file, bytes) : bytes).toString('utf8');
  });
}

/** A compressed table would have to be unpacked whole. */
function columnsOf(file: string): readonly string[] {
  return compressedEnd.test(file) ? [] : withOpen(file, [], (fd) => new ParquetTable(new FileBytes(() => fd, fstatSync(fd).size)).columns);
}

function withOpen<Value>(file: string, otherwise: Value, use: (fd: number) => Value): Value {
  try {
    const fd = openSync(file, 'r');
    try {
      return use(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    // Not readable, or not written far enough: its name is all that is known.
    return otherwise;
  }
}
