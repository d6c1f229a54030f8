import { readSync } from 'node:fs';

const partBytes = 1 << 18;

/** The bytes of a file from a place on, part by part; the file is open whenever they are asked for. A part is only valid until the next one. */
export function* fileParts(fd: () => number, from = 0): Generator<Buffer, void> {
  const part = Buffer.allocUnsafe(partBytes);
  for (let at = from; ; ) {
    const read = readSync(fd(), part, 0, partBytes, at);
    if (read === 0) return;
    at += read;
    yield part.subarray(0, read);
  }
}
