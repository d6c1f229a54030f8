import { closeSync, openSync, readSync } from 'node:fs';
import { lineLimits } from './lineLimits';

const chunkBytes = 1 << 16;
const newline = 0x0a;

/** The bytes of the line of a file that starts at a byte offset, without its line end; of one that is too long to be read its beginning. Throws what the file system throws. */
export function readLineAt(file: string, offset: number): Buffer {
  const fd = openSync(file, 'r');
  try {
    const line = Buffer.allocUnsafe(lineLength(fd, offset));
    let filled = 0;
    for (let read = 1; read > 0 && filled < line.length; filled += read) read = readSync(fd, line, filled, line.length - filled, offset + filled);
    return line.subarray(0, filled);
  } finally {
    closeSync(fd);
  }
}

/** Its end is sought first, so that a long line is held once. */
function lineLength(fd: number, offset: number): number {
  const { maxBytes } = lineLimits();
  const chunk = Buffer.allocUnsafe(chunkBytes);
  for (let length = 0; length < maxBytes; ) {
    const bytes = chunk.subarray(0, readSync(fd, chunk, 0, chunkBytes, offset + length));
    const end = bytes.indexOf(newline);
    if (end >= 0 || bytes.length === 0) return length + Math.max(0, end);
    length += bytes.length;
  }
  return maxBytes;
}
