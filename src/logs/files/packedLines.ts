import { fstatSync } from 'node:fs';
import { lineLimits } from './lineLimits';
import { claimScanner, releaseAfter } from './lineReader';
import { LineTaker, type LineListener } from './lineTaker';
import { unpackedParts } from './unpackedParts';
import type { PartsProgress } from './wholeFile';

const newline = 0x0a;
/** So much is handed over at once. */
const turnBytes = 1 << 20;

/** Cuts the content of a compressed file into lines as it is unpacked. A line can only be put together from copies here, so that it may have half as much as one of a plain file. */
export class PackedLines {
  private readonly lines: LineTaker;
  /** The unfinished line, in copies; none where it is too long. */
  private pieces: Uint8Array[] = [];
  private waiting = 0;
  /** Where in the content the next bytes stand. */
  private offset = 0;

  constructor(listener: LineListener) {
    this.lines = new LineTaker(listener);
  }

  /** Takes the next bytes of the content. */
  push(bytes: Uint8Array): void {
    const { chunkBytes } = lineLimits();
    for (let at = 0; at < bytes.length; at += chunkBytes) this.pushChunk(bytes.subarray(at, at + chunkBytes));
  }

  /** Hands over a last line that has no end. */
  end(): void {
    if (this.waiting > 0) this.pushChunk(Uint8Array.of(newline));
  }

  private pushChunk(bytes: Uint8Array): void {
    const last = bytes.lastIndexOf(newline) + 1;
    if (last > 0) this.takeLines(bytes, last);
    this.hold(bytes.subarray(last));
    this.offset += bytes.length;
  }

  private takeLines(bytes: Uint8Array, end: number): void {
    const scanner = claimScanner();
    const first = bytes.indexOf(newline);
    const line = this.waiting + first;
    const isLong = line > maxLineBytes();
    if (isLong) this.lines.passOver(this.offset - this.waiting, line);
    const taken = isLong ? [] : this.pieces;
    const from = isLong ? first + 1 : 0;
    const before = taken.reduce((sum, { length }) => sum + length, 0);
    const offset = this.offset + from - before;
    this.pieces = [];
    this.waiting = 0;
    scanner.reserve(before + end - from);
    let place = scanner.dataStart;
    for (const piece of [...taken, bytes.subarray(from, end)]) {
      scanner.buffer.set(piece, place);
      place += piece.length;
    }
    if (end > from) this.lines.take(scanner.dataStart, place, offset - scanner.dataStart);
    releaseAfter(before);
  }

  private hold(bytes: Uint8Array): void {
    this.waiting += bytes.length;
    if (this.waiting > maxLineBytes()) this.pieces = [];
    else if (bytes.length > 0) this.pieces.push(new Uint8Array(bytes));
  }
}

/** Hands over the lines of an open compressed file as it is unpacked; reckons what was read by the content. */
export function* readPackedLines(name: string, fd: () => number, listener: LineListener): Generator<PartsProgress, void> {
  const lines = new PackedLines(listener);
  const { size } = fstatSync(fd());
  let read = 0;
  for (const { bytes, packed } of unpackedParts(name, fd)) {
    for (let at = 0; at < bytes.length; at += turnBytes) {
      const part = bytes.subarray(at, at + turnBytes);
      lines.push(part);
      read += part.length;
      yield { read, size: Math.max(read, (read * size) / packed) };
    }
  }
  lines.end();
}

function maxLineBytes(): number {
  return lineLimits().maxBytes >> 1;
}
