import { closeSync, openSync, readSync } from 'node:fs';
import { isRecord } from '../../core/json';
import { beginningOf } from '../files/decompress';
import { compressedEnd } from '../logFormat';
import { parseTolerant } from '../files/tolerantJson';
import { readFirstRow } from './firstRow';

const sampleBytes = 1 << 22;
const maxRows = 64;

/** The first rows of a JSONL file, compressed or not, as far as they lie in its first 4 MiB; the outline of the first one where it is longer. Throws what the file system throws. */
export function sampleRows(file: string): readonly Record<string, unknown>[] {
  const fd = openSync(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(sampleBytes);
    const bytes = buffer.subarray(0, readSync(fd, buffer, 0, sampleBytes, 0));
    const text = (compressedEnd.test(file) ? beginningOf(file, bytes) : bytes).toString('utf8');
    const rows = text.split('\n').slice(0, maxRows).map(tryParse).filter(isRecord);
    const first = rows.length > 0 ? null : readFirstRow(file);
    return first === null ? rows : [first];
  } finally {
    closeSync(fd);
  }
}

function tryParse(line: string): unknown {
  try {
    return parseTolerant(line);
  } catch {
    // The sample can end in the middle of a line.
    return null;
  }
}
