import { readSync } from 'node:fs';
import { sharedScanner } from './scan/scanner';
import type { LineScanner, Wanted } from './scan/lineScanner';
import { ScannedLine } from './scan/scannedLine';

/** Who is given the lines of a file. Bytes are only valid during a call. */
export interface LineListener {
  /** A complete line without its line end; `offset` is its first byte in the file. */
  onLine(line: Buffer, offset: number): void;
  /** Takes the lines that a scanner proves; those that it does not prove go to `onLine`, as do all without it. */
  readonly scan?: ScanListener | null;
}

/** Who is given scanned lines. */
export interface ScanListener {
  readonly wanted: Wanted;
  /** A proven line; false hands it to `onLine` as well. */
  onLine(line: ScannedLine, offset: number): boolean;
}

/** A chunk of this size is read at a time: it fits into the processor's own cache. */
export const chunkBytes = 1 << 19;
/** A line longer than this is put together from its chunks instead of in the scanner's buffer. */
const longLineBytes = 1 << 25;
/** A longer line is skipped: it is no record, and must not fill the memory. */
const maxLineBytes = 1 << 28;
const newline = 0x0a;
const carriageReturn = 0x0d;

/** An unfinished line that lies in the scanner's buffer. */
interface LeftLine {
  readonly reader: LineReader;
  readonly scanner: LineScanner;
  readonly start: number;
}

let left: LeftLine | null = null;

/** Makes the scanner's buffer free. */
function leaveBuffer(): void {
  const line = left;
  left = null;
  line?.reader.keepLeft(line);
}

/** Cuts the bytes of a file into lines as they come. What follows the last line end waits for the next bytes. */
export class LineReader {
  private pending: Buffer[] = [];
  private waiting = 0;
  private skippingLine = false;
  /** Set once the pending line was handed over as a whole record. */
  private taken = false;

  constructor(private readonly listener: LineListener) {}

  /** Bytes of an unfinished last line that are not handed over. */
  get pendingBytes(): number {
    return this.taken ? 0 : this.waiting;
  }

  get hasTaken(): boolean {
    return this.taken;
  }

  /** Bytes that were read after the last line end, handed over or not; null in the middle of a line that is skipped. */
  get heldBytes(): number | null {
    return this.skippingLine ? null : this.waiting;
  }

  /** Goes on after an unfinished last line that an earlier reader handed over. */
  resumeTaken(line: Buffer): void {
    this.keep(line);
    this.taken = true;
  }

  /** The unfinished last line, without a carriage return at its end. */
  pendingLine(): Buffer {
    return withoutReturn(this.pendingBytesOfLine());
  }

  /** Reads the file on from `offset` by at most `length` bytes and hands over the lines that end in them; returns how many bytes there were. */
  read(fd: number, length: number, offset: number): number {
    const scanner = sharedScanner();
    const inPlace = this.waiting <= longLineBytes && !this.taken && !this.skippingLine;
    const room = inPlace ? this.waiting : 0;
    if (inPlace) this.bringPending();
    else leaveBuffer();
    scanner.reserve(room + chunkBytes);
    const at = scanner.dataStart + room;
    const read = readSync(fd, scanner.buffer, at, Math.min(chunkBytes, length), offset);
    const bytes = scanner.buffer.subarray(at, at + read);
    // What comes after it is looked at once it is whole.
    const lastEnd = bytes.lastIndexOf(newline) + 1;
    const shift = offset - at;
    if (inPlace) {
      this.dropPending();
      if (lastEnd > 0) this.takeLines(scanner.dataStart, at + lastEnd, shift);
      this.leaveInBuffer(lastEnd > 0 ? at + lastEnd : scanner.dataStart, at + read);
    } else if (lastEnd === 0) this.keep(bytes);
    else {
      const firstEnd = bytes.indexOf(newline);
      this.finishLine(bytes.subarray(0, firstEnd), offset);
      this.takeLines(at + firstEnd + 1, at + lastEnd, shift);
      this.leaveInBuffer(at + lastEnd, at + read);
    }
    return read;
  }

  /** Hands over the unfinished last line, once; `end` is the place in the file up to which it was read. */
  takePending(end: number): void {
    const line = this.pendingBytesOfLine();
    this.taken = true;
    this.emit(line, end - this.waiting);
  }

  /** Forgets the unfinished line. */
  reset(): void {
    this.dropPending();
    this.skippingLine = false;
  }

  private pendingBytesOfLine(): Buffer {
    if (left?.reader === this) leaveBuffer();
    return Buffer.concat(this.pending, this.waiting);
  }

  /** Puts what waits where the scanner's buffer begins. */
  private bringPending(): void {
    const scanner = sharedScanner();
    if (left?.reader === this && left.scanner === scanner) {
      scanner.buffer.copyWithin(scanner.dataStart, left.start, left.start + this.waiting);
      left = { ...left, start: scanner.dataStart };
      return;
    }
    leaveBuffer();
    scanner.reserve(this.waiting);
    let place = scanner.dataStart;
    for (const piece of this.pending) place += piece.copy(scanner.buffer, place);
  }

  /** Lets the unfinished line wait in the scanner's buffer until somebody else needs that: mostly it is this reader that reads on. */
  private leaveInBuffer(start: number, end: number): void {
    this.waiting = end - start;
    if (end > start) left = { reader: this, scanner: sharedScanner(), start };
  }

  /** Keeps what was left in the scanner's buffer. */
  keepLeft({ scanner, start }: LeftLine): void {
    this.pending = [Buffer.from(scanner.buffer.subarray(start, start + this.waiting))];
  }

  /** Hands over the lines between two places of the buffer, the last one's end included; a place and `shift` make an offset in the file. */
  private takeLines(start: number, end: number, shift: number): void {
    const from = start + (start + shift === 0 ? markLength(sharedScanner().buffer, start) : 0);
    const { scan } = this.listener;
    if (scan === null || scan === undefined) this.splitLines(from, end, shift);
    else this.scanLines(scan, { start: from, end, shift });
  }

  private splitLines(start: number, end: number, shift: number): void {
    const { buffer } = sharedScanner();
    const bytes = buffer.subarray(0, end);
    let from = start;
    for (let stop = bytes.indexOf(newline, from); stop >= 0; stop = bytes.indexOf(newline, from)) {
      this.emit(bytes.subarray(from, stop), from + shift);
      from = stop + 1;
    }
  }

  private scanLines(listener: ScanListener, { start, end, shift }: { readonly start: number; readonly end: number; readonly shift: number }): void {
    const scanner = sharedScanner();
    const line = new ScannedLine(scanner);
    scanner.want(listener.wanted);
    let from = start;
    do {
      const count = scanner.scan(from, end);
      for (let record = 0; record < count; record++) {
        line.moveTo(record);
        if (line.isProven && listener.onLine(line, line.start + shift)) continue;
        this.emit(scanner.buffer.subarray(line.start, line.end), line.start + shift);
      }
      from = scanner.scanned;
    } while (scanner.full);
  }

  private finishLine(tail: Buffer, tailOffset: number): void {
    const offset = tailOffset - this.waiting;
    const alreadyTaken = this.taken && withoutReturn(tail).length === 0;
    const line = this.pending.length === 0 ? tail : Buffer.concat([...this.pending, tail], this.waiting + tail.length);
    const skip = this.skippingLine;
    this.reset();
    if (skip) this.listener.onLine(Buffer.alloc(0), offset);
    else if (!alreadyTaken) this.emit(line, offset);
  }

  private emit(line: Buffer, offset: number): void {
    const start = offset === 0 ? markLength(line, 0) : 0;
    const bare = withoutReturn(start === 0 ? line : line.subarray(start));
    if (!isBlank(bare)) this.listener.onLine(bare, offset + start);
  }

  private keep(bytes: Buffer): void {
    if (bytes.length === 0 || this.skippingLine) return;
    this.waiting += bytes.length;
    if (this.waiting > maxLineBytes) {
      this.dropPending();
      this.skippingLine = true;
      return;
    }
    this.pending.push(Buffer.from(bytes));
  }

  private dropPending(): void {
    if (left?.reader === this) left = null;
    this.pending = [];
    this.waiting = 0;
    this.taken = false;
  }
}

/** The length of the byte order mark at a place. */
function markLength(bytes: Buffer, at: number): number {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf ? 3 : 0;
}

/** A line without the carriage return at its end. */
function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === carriageReturn ? line.subarray(0, -1) : line;
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09);
}
