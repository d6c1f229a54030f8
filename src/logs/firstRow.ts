import { closeSync, openSync, readSync } from 'node:fs';
import { isRecord } from '../core/json';
import { beginningOf } from './decompress';
import { compressedEnd } from './logFormat';
import { parseTolerant } from './tolerantJson';

const maxFirstLine = 1 << 23;
const chunkBytes = 1 << 16;

/** The first row of a JSON-lines file, or the first element of a JSON array; null when there is none that can be read yet. */
export function readFirstRow(file: string): Record<string, unknown> | null {
  try {
    const line = readFirstLine(file);
    const row = line === null ? null : parseTolerant(line);
    return isRecord(row) ? row : null;
  } catch {
    // Not a log, not readable, or not written far enough: no row.
    return null;
  }
}

function readFirstLine(file: string): string | null {
  const content = compressedEnd.test(file) ? (bytes: Buffer): Buffer => beginningOf(file, bytes) : (bytes: Buffer): Buffer => bytes;
  const fd = openSync(file, 'r');
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    while (length < maxFirstLine) {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const read = readSync(fd, chunk, 0, chunkBytes, length);
      if (read === 0) break;
      chunks.push(chunk.subarray(0, read));
      length += read;
      const line = firstNonBlankLine(content(Buffer.concat(chunks, length)));
      if (line !== null) return line;
    }
    return content(Buffer.concat(chunks, length)).toString('utf8').trim();
  } finally {
    closeSync(fd);
  }
}

function firstNonBlankLine(bytes: Buffer): string | null {
  const complete = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
  // A byte order mark counts as white space for trim.
  const line = complete.toString('utf8').trimStart();
  const end = line.indexOf('\n');
  return line === '' ? null : line.slice(0, end < 0 ? undefined : end);
}
