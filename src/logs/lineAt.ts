import { closeSync, openSync, readSync } from 'node:fs';

const chunkBytes = 1 << 16;
const maxLineBytes = 1 << 26;

/** The line of a file that starts at a byte offset, without its line end. Throws what the file system throws. */
export function readLineAt(file: string, offset: number): string {
  const fd = openSync(file, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let length = 0; length < maxLineBytes; length += chunkBytes) {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const bytes = chunk.subarray(0, readSync(fd, chunk, 0, chunkBytes, offset + length));
      const end = bytes.indexOf(0x0a);
      chunks.push(end < 0 ? bytes : bytes.subarray(0, end));
      if (end >= 0 || bytes.length < chunkBytes) break;
    }
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    closeSync(fd);
  }
}
