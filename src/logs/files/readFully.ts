import { readSync } from 'node:fs';

/** Fills a buffer from a place in a file; false where the file ends before. */
export function readFully(fd: number, into: Buffer, position: number): boolean {
  for (let done = 0; done < into.length; ) {
    const read = readSync(fd, into, done, into.length - done, position + done);
    if (read === 0) return false;
    done += read;
  }
  return true;
}
