import { readSync } from 'node:fs';
import { sharedScanner } from '../scan/scanner';
import type { LineScanner, Wanted } from '../scan/lineScanner';
import { ScannedLine } from '../scan/scannedLine';
import { lineLimits } from './lineLimits';
import { collectGarbage } from './collectGarbage';
import { LineTaker, withoutReturn, type LineListener } from './lineTaker';
import { readFully } from './readFully';

const newline = 0x0a;
/** Memory that a long line took is given back after so long: more of them may follow, and to be given it anew takes as long as to read one. */
const releaseMs = 500;
const nothing: Wanted = { fields: [], leftOut: [], measured: [] };

/** Whose unfinished line lies in the scanner's buffer, and where. Who else needs the buffer takes it: lines can be read again. */
let left: { readonly reader: LineReader; readonly scanner: LineScanner; readonly start: number } | null = null;

let timer: NodeJS.Timeout | null = null;

/** The scanner, for somebody who puts other bytes into its buffer. */
export function claimScanner(): LineScanner {
  left = null;
  return sharedScanner();
}

/** Gives back what a line of so many bytes took of the scanner's memory, if that is much and no other one needs it soon. */
export function releaseAfter(length: number): void {
  if (length <= lineLimits().heldBytes) return;
  if (timer !== null) clearTimeout(timer);
  timer = setTimeout(release, releaseMs).unref();
}

function release(): void {
  timer = null;
  claimScanner().release();
  collectGarbage();
}

/** Cuts the bytes of a file into lines as they come. What follows the last line end waits for the next bytes. */
export class LineReader {
  /** So many bytes after the last line end were read. */
  private waiting = 0;
  /** Set once the waiting line was handed over as a whole record. */
  private taken = false;
  /** What waited when it was found to be no whole record. */
  private refused = -1;

  private readonly lines: LineTaker;

  constructor(listener: LineListener) {
    this.lines = new LineTaker(listener);
  }

  /** Bytes of an unfinished last line that are not handed over. */
  get pendingBytes(): number {
    return this.taken ? 0 : this.waiting;
  }

  get hasTaken(): boolean {
    return this.taken;
  }

  /** Bytes that were read after the last line end, handed over or not. */
  get heldBytes(): number {
    return this.waiting;
  }

  /** Goes on after an unfinished last line of so many bytes that an earlier reader handed over. */
  resumeTaken(length: number): void {
    this.waiting = length;
    this.taken = true;
  }

  /** Reads the file on from `offset` by at most `length` bytes and hands over the lines that end in them; returns how many bytes it went on. */
  read(fd: number, length: number, offset: number): number {
    const { chunkBytes, heldBytes } = lineLimits();
    const { waiting } = this;
    if (waiting > heldBytes) return this.searchEnd(fd, Math.min(chunkBytes, length), offset);
    if (!this.bringWaiting(fd, offset, chunkBytes)) return 0;
    const scanner = sharedScanner();
    const at = scanner.dataStart + waiting;
    const read = readSync(fd, scanner.buffer, at, Math.min(chunkBytes, length), offset);
    const bytes = scanner.buffer.subarray(at, at + read);
    // What comes after it is looked at once it is whole.
    const lastEnd = bytes.lastIndexOf(newline) + 1;
    if (lastEnd === 0) {
      this.taken &&= !this.goesOn(bytes);
      this.leaveInBuffer(scanner.dataStart, at + read);
    } else {
      const from = this.goesOn(bytes) ? scanner.dataStart : at + bytes.indexOf(newline) + 1;
      this.reset();
      this.lines.take(from, at + lastEnd, offset - at);
      this.leaveInBuffer(at + lastEnd, at + read);
    }
    return read;
  }

  /** Hands over the unfinished last line, once, if it is a whole record; `end` is the place in the file up to which it was read. */
  takeWaiting(fd: number, end: number, isWhole: (line: Buffer) => boolean): boolean {
    const { waiting } = this;
    if (waiting === this.refused || waiting > lineLimits().maxBytes || !this.bringWaiting(fd, end, 1)) return false;
    const scanner = sharedScanner();
    const [start, stop] = [scanner.dataStart, scanner.dataStart + waiting];
    const line = scanner.buffer.subarray(start, stop);
    scanner.buffer[stop] = newline;
    this.taken = isProven(start, stop + 1) || isWhole(withoutReturn(line));
    if (this.taken) this.lines.take(start, stop + 1, end - stop);
    else this.refused = waiting;
    this.leaveInBuffer(start, stop);
    releaseAfter(waiting);
    return this.taken;
  }

  /** Forgets the unfinished line. */
  reset(): void {
    if (left?.reader === this) left = null;
    this.waiting = 0;
    this.taken = false;
    this.refused = -1;
  }

  /** Puts what waits where the scanner's buffer begins, with room after it; false where the file does not have it any more. */
  private bringWaiting(fd: number, end: number, room: number): boolean {
    const { waiting } = this;
    const scanner = sharedScanner();
    const known = left;
    left = null;
    if (known?.reader === this && known.scanner === scanner) {
      if (known.start !== scanner.dataStart) scanner.buffer.copyWithin(scanner.dataStart, known.start, known.start + waiting);
      scanner.reserve(waiting + room);
      return true;
    }
    scanner.reserve(waiting + room);
    return readFully(fd, scanner.buffer.subarray(scanner.dataStart, scanner.dataStart + waiting), end - waiting);
  }

  /** Lets the unfinished line wait in the scanner's buffer until somebody else needs that: mostly it is this reader that reads on. */
  private leaveInBuffer(start: number, end: number): void {
    this.waiting = end - start;
    left = end > start ? { reader: this, scanner: sharedScanner(), start } : null;
  }

  /** Looks for the end of a line that is too long to be held, and then reads it whole, if it is not too long for that too. */
  private searchEnd(fd: number, length: number, offset: number): number {
    const scanner = claimScanner();
    scanner.reserve(length);
    const at = scanner.dataStart;
    const bytes = scanner.buffer.subarray(at, at + readSync(fd, scanner.buffer, at, length, offset));
    const found = bytes.indexOf(newline);
    if (found < 0) {
      this.taken &&= !this.goesOn(bytes);
      this.waiting += bytes.length;
      return bytes.length;
    }
    const end = offset + found + 1;
    const [line, goesOn] = [this.waiting + found, this.goesOn(bytes)];
    this.reset();
    if (goesOn) this.readLong(fd, end - 1 - line, end);
    return found + 1;
  }

  private readLong(fd: number, from: number, end: number): void {
    if (end - 1 - from > lineLimits().maxBytes) this.lines.passOver(from, end - 1 - from);
    else {
      const scanner = sharedScanner();
      scanner.reserve(end - from);
      const start = scanner.dataStart;
      // Where the file is shorter meanwhile it was rewritten, and is read anew.
      if (readFully(fd, scanner.buffer.subarray(start, start + end - from), from)) this.lines.take(start, start + end - from, from - start);
      releaseAfter(end - from);
    }
  }

  /** Whether the waiting line is not handed over, or these bytes bring more of it than its end. */
  private goesOn(bytes: Buffer): boolean {
    const end = bytes.indexOf(newline);
    return !this.taken || withoutReturn(end < 0 ? bytes : bytes.subarray(0, end)).length > 0;
  }
}

/** Whether the scanner proves the line between two places of its buffer. */
function isProven(start: number, end: number): boolean {
  const scanner = sharedScanner();
  scanner.want(nothing);
  const line = new ScannedLine(scanner);
  if (scanner.scan(start, end) !== 1) return false;
  line.moveTo(0);
  return line.isProven;
}
