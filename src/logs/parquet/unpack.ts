import * as zlib from 'node:zlib';
import type { Compressors } from 'hyparquet';
import { snappyUncompress } from 'hyparquet/src/snappy.js';
import { compressors } from 'hyparquet-compressors';
import { unpackZstd } from '../files/decompress';
import { freeMemory, takeMemory } from './pageMemory';
import { packedPart, snappyParts } from './snappyParts';

/** Unpacked whole, for which it takes twice the room. */
const smallBytes = 1 << 24;

/** What unpacks pages: with what Node has of its own where it can, and never to more than a page says. */
export const unpackers: Compressors = {
  ...compressors,
  SNAPPY: (bytes, length) => (length <= smallBytes ? unpackSnappy(bytes, length) : unpackInParts(bytes, length)),
  GZIP: (bytes, length) => zlib.gunzipSync(bytes, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (bytes, length) => zlib.brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, length) }),
  ZSTD: (bytes, length) => unpackFrame(bytes, length) ?? unpackZstd(bytes, length),
};

// Several times as fast where it is there, which is from Node 22.15 on; the types are those of Node 20.
const { zstdDecompressSync: unpackNatively } = zlib as { zstdDecompressSync?: (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Buffer };

/** Null where Node cannot; it looks at the first frame only. */
function unpackFrame(bytes: Uint8Array, length: number): Uint8Array | null {
  const unpacked = unpackNatively?.(bytes, { maxOutputLength: Math.max(1, length) });
  return unpacked?.length === length ? unpacked : null;
}

function unpackSnappy(bytes: Uint8Array, length: number): Uint8Array {
  return compressors.SNAPPY?.(bytes, length) ?? unpackInPlace(bytes, length);
}

/** The memory of the faster way grows with what it is given at once and never shrinks. */
function unpackInParts(bytes: Uint8Array, length: number): Uint8Array {
  const parts = snappyParts(bytes);
  const sum = parts?.reduce((before, part) => before + part.length, 0);
  if (parts === null || sum !== length) return unpackInPlace(bytes, length);
  const unpacked = takeMemory(length);
  let filled = 0;
  for (const part of parts) {
    const piece = unpackSnappy(packedPart(bytes, part), part.length);
    unpacked.set(piece, filled);
    freeMemory(piece);
    filled += part.length;
  }
  return unpacked;
}

function unpackInPlace(bytes: Uint8Array, length: number): Uint8Array {
  const unpacked = takeMemory(length);
  snappyUncompress(bytes, unpacked);
  return unpacked;
}
