import { sharedScanner } from '../scan/scanner';
import type { Wanted } from '../scan/lineScanner';
import { ScannedLine } from '../scan/scannedLine';

/** Who is given the lines of a file. Bytes are only valid during a call. */
export interface LineListener {
  /** A complete line without its line end; `offset` is its first byte in the file. */
  onLine(line: Buffer, offset: number): void;
  /** A line that is passed over because it is too long; without it, `onLine` is given an empty one. */
  onLongLine?(offset: number, length: number): void;
  /** Takes the lines that a scanner proves; those that it does not prove go to `onLine`, as do all without it. */
  readonly scan?: ScanListener | null;
}

/** Who is given scanned lines. */
export interface ScanListener {
  readonly wanted: Wanted;
  /** A proven line; false hands it to `onLine` as well. */
  onLine(line: ScannedLine, offset: number): boolean;
}

const newline = 0x0a;
const carriageReturn = 0x0d;

/** Hands lines over that lie in the scanner's buffer. */
export class LineTaker {
  constructor(private readonly listener: LineListener) {}

  /** Hands over the lines between two places of the buffer, the last one's end included; a place and `shift` make an offset in the file. */
  take(start: number, end: number, shift: number): void {
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

  private emit(line: Buffer, offset: number): void {
    const start = offset === 0 ? markLength(line, 0) : 0;
    const bare = withoutReturn(start === 0 ? line : line.subarray(start));
    if (!isBlank(bare)) this.listener.onLine(bare, offset + start);
  }

  /** Names a line that is too long. */
  passOver(offset: number, length: number): void {
    const { listener } = this;
    if (listener.onLongLine === undefined) listener.onLine(Buffer.alloc(0), offset);
    else listener.onLongLine(offset, length);
  }
}

/** The length of the byte order mark at a place. */
function markLength(bytes: Buffer, at: number): number {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf ? 3 : 0;
}

/** A line without the carriage return at its end. */
export function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === carriageReturn ? line.subarray(0, -1) : line;
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09);
}
