import { constants, gunzipSync } from 'node:zlib';
import { Decompress, decompress as zstdDecompress } from 'fzstd';

/** A compressed file whose content is larger than this is not read: it is held in memory whole. */
const maxContentBytes = 1 << 30;

/** The content of a file with this name: decompressed where the name ends in .gz or .zst. Throws when it is no such file, or not whole. */
export function contentOf(name: string, bytes: Buffer): Buffer {
  if (/\.gz$/i.test(name)) return gunzipSync(bytes, { maxOutputLength: maxContentBytes });
  return /\.zst$/i.test(name) ? bufferOf(zstdDecompress(bytes)) : bytes;
}

/** The beginning of a compressed file's content, from the beginning of the file; empty where that is not enough. */
export function beginningOf(name: string, bytes: Buffer): Buffer {
  if (/\.gz$/i.test(name)) return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: maxContentBytes });
  const parts: Uint8Array[] = [];
  const stream = new Decompress((part) => parts.push(part));
  stream.push(bytes, false);
  return Buffer.concat(parts);
}

function bufferOf(content: Uint8Array): Buffer {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
}
