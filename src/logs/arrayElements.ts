import { readSync } from 'node:fs';
import { lineLimits } from './lineLimits';

const chunkBytes = 1 << 20;
const [quoteByte, backslash, comma] = [0x22, 0x5c, 0x2c];

/**
 * The elements of the one JSON array that an open file holds, as the bytes between its commas, without holding the file;
 * an element longer than half a line may be is empty. Throws a SyntaxError where it is no whole array.
 */
export function* arrayElements(fd: number): Generator<Buffer, void> {
  const splitter = new ArraySplitter();
  const chunk = Buffer.allocUnsafe(chunkBytes);
  for (let length = readSync(fd, chunk); length > 0; length = readSync(fd, chunk)) yield* splitter.split(chunk.subarray(0, length));
  if (!splitter.isWhole) throw new SyntaxError('the array has no end');
}

class ArraySplitter {
  /** Set once the array has ended. */
  isWhole = false;
  /** Brackets that are open. */
  private depth = 0;
  private inText = false;
  private isEscaped = false;
  private hasElements = false;
  private pieces: Buffer[] = [];
  private length = 0;

  /** The elements that end in the next bytes of the file, which are only valid until more bytes are asked for. */
  *split(bytes: Buffer): Generator<Buffer, void> {
    let from = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      const before = this.depth;
      if (this.inText) this.passText(byte);
      else if (this.passMark(byte)) {
        if (before === 0) this.refuse(bytes.subarray(from, at));
        else yield* this.element(bytes.subarray(from, at));
        from = at + 1;
      }
    }
    if (this.depth > 0) this.hold(bytes.subarray(from));
    else this.refuse(bytes.subarray(from));
  }

  private passText(byte: number): void {
    if (this.isEscaped) this.isEscaped = false;
    else if (byte === backslash) this.isEscaped = true;
    else this.inText = byte !== quoteByte;
  }

  /** True where the array begins or ends, and between its elements. */
  private passMark(byte: number): boolean {
    // Braces and brackets differ in one bit.
    const bracket = byte & ~0x20;
    if (bracket === 0x5b) return ++this.depth === 1;
    if (bracket === 0x5d) return --this.depth === 0;
    this.inText = byte === quoteByte;
    return this.depth === 1 && byte === comma;
  }

  private *element(end: Buffer): Generator<Buffer, void> {
    this.isWhole = this.depth === 0;
    this.hold(end);
    const { pieces, length } = this;
    this.pieces = [];
    this.length = 0;
    const bytes = Buffer.concat(pieces);
    if (length > maxElementBytes() || isText(bytes)) yield bytes;
    else if (!this.isWhole || this.hasElements) throw new SyntaxError('an element is missing');
    this.hasElements = true;
  }

  /** Keeps what an element has in these bytes. */
  private hold(bytes: Buffer): void {
    this.length += bytes.length;
    if (this.length > maxElementBytes()) this.pieces = [];
    else this.pieces.push(Buffer.from(bytes));
  }

  /** Nothing but white space, and a byte order mark, stands outside the array. */
  private refuse(bytes: Buffer): void {
    if (this.isWhole ? isText(bytes) || this.depth !== 0 : bytes.some((byte) => byte > 0x20 && byte < 0x80)) throw new SyntaxError('the array is not all that there is');
  }
}

/** An element is put together of pieces. */
function maxElementBytes(): number {
  return lineLimits().maxBytes >> 1;
}

function isText(bytes: Buffer): boolean {
  return bytes.some((byte) => byte > 0x20);
}
