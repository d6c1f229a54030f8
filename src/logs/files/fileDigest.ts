import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';

/** Smaller prefixes are compared whole, larger ones at both ends. */
export const wholePrefixBytes = 1 << 22;
const endBytes = 1 << 12;
/** Reading is synchronous, so one buffer serves all files. */
const chunk = Buffer.allocUnsafe(1 << 16);
/** Copied for each digest: to look for the algorithm takes longer than to hash the ends of a file. */
const sha1 = createHash('sha1');

type Range = readonly [from: number, to: number];

/** A digest of the first bytes of an open file, of its ends alone where they are many. */
export function digestPrefix(fd: number, length: number): string {
  return length < wholePrefixBytes ? digestRanges(fd, [[0, length]]) : digestEnds(fd, length);
}

/** A digest of the first and the last of so many bytes of an open file. */
export function digestEnds(fd: number, length: number): string {
  return digestBetween(fd, 0, length);
}

/** A digest of the first and the last bytes between two places of an open file. */
export function digestBetween(fd: number, from: number, to: number): string {
  return digestRanges(fd, [
    [from, Math.min(from + endBytes, to)],
    [Math.max(from, to - endBytes), to],
  ]);
}

/** What `digestEnds` gives for a file of these bytes. */
export function endsDigestOf(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes.subarray(0, endBytes)).update(bytes.subarray(-endBytes)).digest('base64');
}

function digestRanges(fd: number, ranges: readonly Range[]): string {
  const hash = sha1.copy();
  let filled = 0;
  for (const [from, to] of ranges) {
    for (let at = from; at < to; ) {
      if (filled === chunk.length) {
        hash.update(chunk);
        filled = 0;
      }
      const read = readSync(fd, chunk, filled, Math.min(chunk.length - filled, to - at), at);
      if (read === 0) break;
      filled += read;
      at += read;
    }
  }
  return hash.update(chunk.subarray(0, filled)).digest('base64');
}
