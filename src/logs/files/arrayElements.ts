import { lineLimits } from './lineLimits';

const [quoteByte, backslash, comma] = [0x22, 0x5c, 0x2c];
/** Set for bytes that are no mark outside of texts. */
const isPlain = Uint8Array.from({ length: 256 }, (_, byte) => Number(!'"[]{},'.includes(String.fromCharCode(byte))));

/** An element of a JSON array: the bytes between its commas, only valid until the next one is asked for, null where they are more than half a line may have, and where in the content they stand. */
export interface ArrayElement {
  readonly bytes: Buffer | null;
  readonly offset: number;
  readonly length: number;
}

/** The elements of the one JSON array that a content is, without holding it. Throws a SyntaxError where it is no whole array. */
export function* arrayElements(content: Iterable<Uint8Array>): Generator<ArrayElement, void> {
  const splitter = new ArraySplitter(false);
  for (const part of content) yield* splitter.split(part);
  if (!splitter.isWhole) throw new SyntaxError('the array has no end');
}

/** The first element of what follows the beginning of an array, or a comma in it; null where there is none. */
export function firstElement(content: Iterable<Uint8Array>): Buffer | null {
  const splitter = new ArraySplitter(true);
  for (const part of content) for (const { bytes } of splitter.split(part)) return bytes;
  return null;
}

class ArraySplitter {
  /** Set once the array has ended. */
  isWhole = false;
  /** Brackets that are open. */
  private depth: number;
  private inText = false;
  private isEscaped = false;
  private hasElements = false;
  private pieces: Uint8Array[] = [];
  private length = 0;
  /** Bytes that came before. */
  private before = 0;

  constructor(isInside: boolean) {
    this.depth = Number(isInside);
  }

  /** The elements that end in the next bytes of the content. */
  *split(bytes: Uint8Array): Generator<ArrayElement, void> {
    let from = 0;
    for (let at = 0; at < bytes.length; at++) {
      if (this.inText) at = this.passText(bytes, at);
      const byte = bytes[at] ?? 0;
      if (isPlain[byte] === 1) continue;
      const before = this.depth;
      if (this.passMark(byte)) {
        if (before === 0) this.refuse(bytes.subarray(from, at));
        else yield* this.element(bytes.subarray(from, at), this.before + at);
        from = at + 1;
      }
    }
    if (this.depth > 0) this.hold(bytes.subarray(from));
    else this.refuse(bytes.subarray(from));
    this.before += bytes.length;
  }

  /** Passes over the rest of a text; returns the place after it, or the end of the bytes. */
  private passText(bytes: Uint8Array, from: number): number {
    let at = from + Number(this.isEscaped);
    while (at < bytes.length && bytes[at] !== quoteByte) at += bytes[at] === backslash ? 2 : 1;
    this.isEscaped = at > bytes.length;
    this.inText = at >= bytes.length;
    return this.inText ? bytes.length : at + 1;
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

  private *element(last: Uint8Array, end: number): Generator<ArrayElement, void> {
    this.isWhole = this.depth === 0;
    const isHere = this.length === 0;
    if (!isHere) this.hold(last);
    const length = isHere ? last.length : this.length;
    const bytes = isHere ? Buffer.from(last.buffer, last.byteOffset, length) : Buffer.concat(this.pieces);
    this.pieces = [];
    this.length = 0;
    const isLong = length > maxElementBytes();
    if (isLong || isText(bytes)) yield { bytes: isLong ? null : bytes, offset: end - length, length };
    else if (!this.isWhole || this.hasElements) throw new SyntaxError('an element is missing');
    this.hasElements = true;
  }

  /** Keeps what an element has in these bytes. */
  private hold(bytes: Uint8Array): void {
    this.length += bytes.length;
    if (this.length > maxElementBytes()) this.pieces = [];
    else this.pieces.push(new Uint8Array(bytes));
  }

  /** Nothing but white space, and a byte order mark, stands outside the array. */
  private refuse(bytes: Uint8Array): void {
    if (this.isWhole ? isText(bytes) || this.depth !== 0 : bytes.some((byte) => byte > 0x20 && byte < 0x80)) throw new SyntaxError('there is other text around the array');
  }
}

/** An element is put together of pieces. */
function maxElementBytes(): number {
  return lineLimits().maxBytes >> 1;
}

function isText(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte > 0x20);
}
