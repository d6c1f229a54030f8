import { closeSync, openSync, readSync } from 'node:fs';
import { beginningOf } from '../files/decompress';
import { JsonOutline } from '../files/jsonOutline';
import { lineLimits } from '../files/lineLimits';
import { compressedEnd } from '../logFormat';
import { parseRecord } from '../files/tolerantJson';

const chunkBytes = 1 << 16;
/** A longer line is shortened. */
const maxWholeBytes = 1 << 20;
/** So much of a compressed file is looked into. */
const maxPackedBytes = 1 << 22;

/**
 * The first row of a JSON-lines file; null when there is none that can be read yet. Of a long row only the beginnings of
 * its long texts and lists are there.
 */
export function readFirstRow(file: string): Record<string, unknown> | null {
  try {
    const fd = openSync(file, 'r');
    try {
      return compressedEnd.test(file) ? rowOfPacked(fd, file) : rowOfPlain(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    // Not a log, not readable, or not written far enough: no row.
    return null;
  }
}

function rowOfPlain(fd: number): Record<string, unknown> | null {
  for (const length of [chunkBytes, maxWholeBytes]) {
    const beginning = readUpTo(fd, length);
    const { bytes, isWhole } = firstLine(beginning);
    if (isWhole || beginning.length < length) return parseRecord(bytes);
  }
  return outlineOf(fd);
}

function outlineOf(fd: number): Record<string, unknown> | null {
  const outline = new JsonOutline();
  const chunk = Buffer.allocUnsafe(maxWholeBytes);
  for (let at = 0; !outline.isDone && at <= lineLimits().maxBytes; ) {
    const read = readSync(fd, chunk, 0, chunk.length, at);
    if (read === 0) break;
    outline.push(chunk.subarray(0, read));
    at += read;
  }
  return outline.bytes === null ? null : parseRecord(outline.bytes);
}

/** Twice as much each time, because unpacking begins anew. */
function rowOfPacked(fd: number, file: string): Record<string, unknown> | null {
  for (let length = chunkBytes; length <= maxPackedBytes; length *= 2) {
    const packed = readUpTo(fd, length);
    const { bytes, isWhole } = firstLine(beginningOf(file, packed));
    const isAll = isWhole || packed.length < length;
    if (isAll && bytes.length < maxWholeBytes) return parseRecord(bytes);
    const outline = new JsonOutline();
    outline.push(bytes);
    if (outline.bytes !== null) return parseRecord(outline.bytes);
    if (isAll) return null;
  }
  return null;
}

/** The first line that is not blank, without the byte order mark; what there is of it where its end is not there. */
function firstLine(bytes: Buffer): { readonly bytes: Buffer; readonly isWhole: boolean } {
  const mark = bytes.indexOf('\ufeff') === 0 ? 3 : 0;
  const start = bytes.findIndex((byte, at) => at >= mark && byte > 0x20);
  const end = start < 0 ? -1 : bytes.indexOf(0x0a, start);
  return { bytes: bytes.subarray(start < 0 ? bytes.length : start, end < 0 ? undefined : end), isWhole: end >= 0 };
}

function readUpTo(fd: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  for (let read = 1; read > 0 && filled < length; filled += read) read = readSync(fd, bytes, filled, length - filled, filled);
  return bytes.subarray(0, filled);
}
