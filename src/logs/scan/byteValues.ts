import { isUtf8 } from 'node:buffer';
import { fieldFlag } from './lineScanner';

// The places in these functions are followed by a line end somewhere, which no value holds: none of them runs off the buffer.
// Each gives the place after a value, or -1 when it is not valid JSON.

const quoteByte = 0x22;
const backslash = 0x5c;
const maxDepth = 64;

/** The first byte at or after `at` that is no white space within a line. */
export function skipSpace(bytes: Buffer, at: number): number {
  let place = at;
  for (let byte = bytes[place]; byte === 0x20 || byte === 0x09 || byte === 0x0d; byte = bytes[++place]);
  return place;
}

const wordsOfJson = ['true', 'false', 'null'].map((word) => Buffer.from(word));

/** The place after true, false or null. */
export function wordEnd(bytes: Buffer, at: number): number {
  const first = bytes[at];
  for (const word of wordsOfJson) if (word[0] === first) return spells(bytes, at, word) ? at + word.length : -1;
  return -1;
}

/** Whether the bytes at a place are these. */
export function spells(bytes: Buffer, at: number, wanted: Buffer): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}

/** The place after a number. */
export function numberEnd(bytes: Buffer, start: number): number {
  const first = bytes[start] === 0x2d ? start + 1 : start;
  const end = digitsEnd(bytes, first);
  const isWhole = end > first && (bytes[first] !== 0x30 || end === first + 1);
  return isWhole ? exponentEnd(bytes, fractionEnd(bytes, end)) : -1;
}

function fractionEnd(bytes: Buffer, at: number): number {
  if (bytes[at] !== 0x2e) return at;
  const end = digitsEnd(bytes, at + 1);
  return end === at + 1 ? -1 : end;
}

function exponentEnd(bytes: Buffer, at: number): number {
  if (at < 0 || ((bytes[at] ?? 0) | 0x20) !== 0x65) return at;
  const sign = bytes[at + 1];
  const digits = sign === 0x2b || sign === 0x2d ? at + 2 : at + 1;
  const end = digitsEnd(bytes, digits);
  return end === digits ? -1 : end;
}

function digitsEnd(bytes: Buffer, at: number): number {
  let end = at;
  for (let byte = bytes[end] ?? 0; byte >= 0x30 && byte <= 0x39; byte = bytes[++end] ?? 0);
  return end;
}

const isShortEscape = Uint8Array.from({ length: 256 }, (_, letter) => ('"\\bfnrt'.includes(String.fromCharCode(letter)) ? 1 : 0));

/** The highest bits of the bytes of a word that are no printable ASCII, quotes or backslashes. Of those that are wrongly among them a lower one is rightly so. */
function unplainBytes(word: number): number {
  const notQuotes = (word ^ 0x22222222) - 0x01010101;
  const notSlashes = (word ^ 0x5c5c5c5c) - 0x01010101;
  return ((word - 0x20202020) | notQuotes | notSlashes | word) & 0x80808080;
}

/** The first byte from a place on that is none of the plain ones, or seems to be. */
function unplainFrom(words: Int32Array, at: number): number {
  let place = at >> 2;
  let found = unplainBytes(words[place] ?? 0) & (-1 << ((at & 3) << 3));
  while (found === 0) found = unplainBytes(words[++place] ?? 0);
  return (place << 2) + ((31 - Math.clz32(found & -found)) >> 3);
}

/** The bytes that lines are read from, four at a time besides. */
export class LineBytes {
  readonly bytes: Buffer;
  readonly words: Int32Array;

  constructor(length: number) {
    this.bytes = Buffer.from(new ArrayBuffer((length + 3) & ~3));
    this.words = new Int32Array(this.bytes.buffer);
  }
}

/** Reads strings; what is known of the last one is in its fields. */
export class StringReader {
  codePoints = 0;
  /** Bits of `fieldFlag`. */
  flags = 0;
  /** Bytes that are not the only one of their code point. */
  private extra = 0;

  /** The closing quote of a string whose text begins at `start`. */
  end({ bytes, words }: LineBytes, start: number): number {
    this.flags = 0;
    this.extra = 0;
    let shortEscapes = 0;
    for (let at = start; ; ) {
      at = unplainFrom(words, at);
      const byte = bytes[at];
      if (byte === quoteByte) return this.finish(bytes, { start, end: at, shortEscapes });
      let length = 2;
      if (byte === backslash && isShortEscape[bytes[at + 1] ?? 0] === 1) shortEscapes++;
      else length = this.special(bytes, at);
      if (length === 0) return -1;
      at += length;
    }
  }

  private finish(bytes: Buffer, { start, end, shortEscapes }: { readonly start: number; readonly end: number; readonly shortEscapes: number }): number {
    if (shortEscapes > 0) this.flags |= fieldFlag.escapes;
    if ((this.flags & fieldFlag.nonAscii) !== 0 && !isUtf8(bytes.subarray(start, end))) return -1;
    this.codePoints = end - start - this.extra - shortEscapes;
    return end;
  }

  /** Takes what is no plain character; returns how many bytes were taken, 0 for what no string holds. */
  private special(bytes: Buffer, at: number): number {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20) return 0;
    if (byte === backslash) {
      const length = this.rareEscapeLength(bytes, at);
      this.extra += length - 1;
      return length;
    }
    if (byte < 0x80) return 1;
    this.flags |= fieldFlag.nonAscii;
    let end = at;
    // Bytes within a sequence do not count.
    for (let each = byte; each >= 0x80; each = bytes[++end] ?? 0) this.extra += Number(each < 0xc0);
    return end - at;
  }

  /** Bytes of the escape at `at`, both halves of a surrogate pair together; 0 when it is none or half a pair. */
  private rareEscapeLength(bytes: Buffer, at: number): number {
    const letter = bytes[at + 1];
    this.flags |= fieldFlag.escapes | fieldFlag.rareEscapes;
    if (letter === 0x2f) return 2;
    return letter === 0x75 ? unicodeEscapeLength(bytes, at) : 0;
  }
}

function unicodeEscapeLength(bytes: Buffer, at: number): number {
  const unit = hexUnit(bytes, at + 2);
  if (unit === null) return 0;
  if (unit < 0xd800 || unit > 0xdfff) return 6;
  const low = bytes.toString('latin1', at + 6, at + 8) === '\\u' ? hexUnit(bytes, at + 8) : null;
  return unit < 0xdc00 && low !== null && low >= 0xdc00 && low <= 0xdfff ? 12 : 0;
}

function hexUnit(bytes: Buffer, at: number): number | null {
  const digits = bytes.toString('latin1', at, at + 4);
  return /^[0-9a-fA-F]{4}$/.test(digits) ? parseInt(digits, 16) : null;
}

/** The place after the object or list at `at`, its grammar checked; lists and objects in it lie at most 64 deep. */
export function nestedEnd(line: LineBytes, at: number, strings: StringReader): number {
  return new NestedReader(line, strings).end(at, 1);
}

class NestedReader {
  private readonly bytes: Buffer;

  constructor(
    private readonly line: LineBytes,
    private readonly strings: StringReader,
  ) {
    this.bytes = line.bytes;
  }

  end(at: number, depth: number): number {
    if (depth > maxDepth) return -1;
    const isObject = this.bytes[at] === 0x7b;
    const close = isObject ? 0x7d : 0x5d;
    let place = skipSpace(this.bytes, at + 1);
    if (this.bytes[place] === close) return place + 1;
    for (;;) {
      if (isObject) place = this.afterKey(place);
      if (place < 0) return -1;
      place = this.valueEnd(place, depth);
      if (place < 0) return -1;
      place = skipSpace(this.bytes, place);
      if (this.bytes[place] !== 0x2c) return this.bytes[place] === close ? place + 1 : -1;
      place = skipSpace(this.bytes, place + 1);
    }
  }

  private afterKey(at: number): number {
    if (this.bytes[at] !== quoteByte) return -1;
    const quote = this.strings.end(this.line, at + 1);
    if (quote < 0) return -1;
    const colon = skipSpace(this.bytes, quote + 1);
    return this.bytes[colon] === 0x3a ? skipSpace(this.bytes, colon + 1) : -1;
  }

  private valueEnd(at: number, depth: number): number {
    const first = this.bytes[at];
    if (first === 0x7b || first === 0x5b) return this.end(at, depth + 1);
    if (first === quoteByte) {
      const quote = this.strings.end(this.line, at + 1);
      return quote < 0 ? -1 : quote + 1;
    }
    const word = wordEnd(this.bytes, at);
    return word > 0 ? word : numberEnd(this.bytes, at);
  }
}
