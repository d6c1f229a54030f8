import { fstatSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Gunzip } from 'fflate';
import { Decompress } from 'fzstd';
import { errorCode } from '../../core/errors';
import { crc32 } from './crc32';

/** Small, because a piece may hold very much. */
const pieceBytes = 1 << 12;
/** So much content is unpacked by zlib, which is faster and does it at once only. */
const usualWholeBytes = 1 << 26;

/** A part of a compressed file's content, and how far into the file it was read for that. */
export interface UnpackedPart {
  readonly bytes: Uint8Array;
  readonly packed: number;
}

/** The content of an open file with this name, .gz or .zst, part by part. Throws where it is no such file, or not whole. */
export function unpackedParts(name: string, fd: () => number, wholeBytes = usualWholeBytes): Generator<UnpackedPart, void> {
  return /\.zst$/i.test(name) ? zstdParts(fd) : gzipParts(fd, wholeBytes);
}

function* gzipParts(fd: () => number, wholeBytes: number): Generator<UnpackedPart, void> {
  const { size } = fstatSync(fd());
  const content = size > wholeBytes ? null : smallContent(fd(), size, wholeBytes);
  if (content !== null) yield { bytes: content, packed: size };
  else yield* largeGzipParts(fd);
}

function smallContent(fd: number, size: number, wholeBytes: number): Buffer | null {
  try {
    // From the beginning, wherever somebody has read up to.
    return gunzipSync(readAt(fd, 0, size), { maxOutputLength: wholeBytes });
  } catch (error) {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') return null;
    throw error;
  }
}

/** Every member of the file ends with the checksum of what it holds, which the unpacker does not look at. */
function* largeGzipParts(fd: () => number): Generator<UnpackedPart, void> {
  let sum = 0;
  let end = 0;
  const parts: Uint8Array[] = [];
  const check = (memberEnd: number): void => {
    if (readAt(fd(), memberEnd - 8, 8).readUInt32LE(0) !== sum) throw new RangeError('its checksum is wrong');
    sum = 0;
  };
  const stream = new Gunzip((part) => {
    sum = crc32(part, sum);
    parts.push(part);
  });
  stream.onmember = check;
  for (const { piece, isLast } of piecesOf(fd, 4 * pieceBytes)) {
    stream.push(piece, isLast);
    end += piece.length;
    for (const bytes of parts.splice(0)) yield { bytes, packed: end };
  }
  check(end);
}

function* zstdParts(fd: () => number): Generator<UnpackedPart, void> {
  let end = 0;
  const parts: Uint8Array[] = [];
  const stream = new Decompress((part) => parts.push(part));
  for (const { piece, isLast } of piecesOf(fd, pieceBytes)) {
    stream.push(piece, isLast);
    end += piece.length;
    for (const bytes of parts.splice(0)) yield { bytes, packed: end };
  }
}

function* piecesOf(fd: () => number, length: number): Generator<{ readonly piece: Buffer; readonly isLast: boolean }, void> {
  let [piece, at] = [readAt(fd(), 0, length), 0];
  for (let isLast = false; !isLast; ) {
    at += piece.length;
    const next = readAt(fd(), at, length);
    isLast = next.length === 0;
    yield { piece, isLast };
    piece = next;
  }
}

function readAt(fd: number, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  for (let read = 1; read > 0 && filled < length; filled += read) read = readSync(fd, bytes, filled, length - filled, at + filled);
  return bytes.subarray(0, filled);
}
