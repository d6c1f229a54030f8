import { constants, gunzipSync } from 'node:zlib';
import { Decompress } from 'fzstd';

/** A compressed file whose content is larger than this is not read: it is held in memory whole. */
const maxContentBytes = 1 << 27;
const pieceBytes = 1 << 16;

/** The content of a file with this name: decompressed where the name ends in .gz or .zst. Throws when it is no such file, or not whole. */
export function contentOf(name: string, bytes: Buffer, maxBytes = maxContentBytes): Buffer {
  if (/\.gz$/i.test(name)) return gunzipSync(bytes, { maxOutputLength: maxBytes });
  return /\.zst$/i.test(name) ? unpackZstd(bytes, maxBytes) : bytes;
}

/** The beginning of a compressed file's content, from the beginning of the file; empty where that is not enough. */
export function beginningOf(name: string, bytes: Buffer): Buffer {
  if (/\.gz$/i.test(name)) return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: maxContentBytes });
  const parts: Uint8Array[] = [];
  const stream = new Decompress((part) => parts.push(part));
  stream.push(bytes, false);
  return Buffer.concat(parts);
}

/** The content of zstd frames. Throws a RangeError where it is larger than it may be. */
export function unpackZstd(bytes: Uint8Array, maxBytes: number): Buffer {
  const parts: Uint8Array[] = [];
  let length = 0;
  const stream = new Decompress((part) => {
    length += part.length;
    if (length > maxBytes) throw new RangeError(`it unpacks to more than ${maxBytes >> 20} MiB`);
    parts.push(part);
  });
  // In pieces, so that a small file with a huge content is given up early.
  for (let at = 0; at < bytes.length; at += pieceBytes) stream.push(bytes.subarray(at, at + pieceBytes), at + pieceBytes >= bytes.length);
  return Buffer.concat(parts, length);
}
