import { isUtf8 } from 'node:buffer';
import { fieldFlag } from './lineScanner';

const quoteByte = 0x22;
const backslash = 0x5c;

const isShortEscape = Uint8Array.from({ length: 256 }, (_, letter) => Number('"\\bfnrt'.includes(String.fromCharCode(letter))));
const isPlain = Uint8Array.from({ length: 256 }, (_, byte) => Number(byte >= 0x20 && byte < 0x80 && byte !== quoteByte && byte !== backslash));

// What two bytes within a string mean, by the 16-bit number that they make: in the lower half of an entry, or in the upper
// one when the byte before them escapes the first. Shifted right by the entry before, an entry has the half that applies below.
const meanings = new Int32Array(1 << 16);
/** The next byte is escaped; its entry has to be shifted by so many bits. */
const escapesNext = 16;
/** Adds up to the number of bytes that are not the only one of their code point. */
const extraByte = 1 << 8;
/** Takes a closer look than at pairs of bytes: the string ends here, or may be wrong. What eight pairs count stays below. */
const special = 1 << 12;

function fillMeanings(): void {
  for (let pair = 0; pair < meanings.length; pair++) meanings[pair] = meaningOfPair(pair, 0) | (meaningOfPair(pair, escapesNext) << 16);
}

function meaningOfPair(pair: number, escaped: number): number {
  const first = meaningOfByte(pair & 0xff, escaped);
  const second = meaningOfByte(pair >> 8, first & escapesNext);
  return ((first | second) & special) !== 0 ? special : (first & extraByte) + second;
}

function meaningOfByte(byte: number, escaped: number): number {
  if (escaped !== 0) return isShortEscape[byte] === 1 ? extraByte : special;
  if (byte === backslash) return escapesNext;
  if (byte < 0x80) return isPlain[byte] === 1 ? 0 : special;
  return byte < 0xc0 ? extraByte : 0;
}

function meaningAt(pairs: Uint16Array, place: number): number {
  return meanings[pairs[place] ?? 0] ?? 0;
}

/** The bytes that lines are read from, two at a time besides. */
export class LineBytes {
  readonly bytes: Buffer;
  readonly pairs: Uint16Array;

  constructor(length: number) {
    this.bytes = Buffer.from(new ArrayBuffer((length + 1) & ~1));
    this.pairs = new Uint16Array(this.bytes.buffer);
  }
}

/** So many bytes of a string are read one by one before the next are read by pairs. */
const leastBytewise = 16;

/** Reads strings; what is known of the last one is in its fields. */
export class StringReader {
  codePoints = 0;
  /** Bits of `fieldFlag`. */
  flags = 0;
  /** Bytes that are not the only one of their code point. */
  private extra = 0;
  /** The closing quote; -1 where there is none. */
  private quote = -1;
  /** Whether all bytes between two places are UTF-8, so that no string among them has to be checked; null while that is not known. */
  private allUtf8: boolean | null = null;
  private from = 0;
  private to = 0;

  constructor() {
    if (meanings[quoteByte] === 0) fillMeanings();
  }

  /** The next strings lie between these places. */
  readWithin(from: number, to: number): void {
    this.allUtf8 = null;
    this.from = from;
    this.to = to;
  }

  /** The closing quote of a string whose text begins at `start`. */
  end({ bytes, pairs }: LineBytes, start: number): number {
    this.flags = 0;
    this.extra = 0;
    let at = this.readBytes(bytes, start);
    const isLong = at >= 0;
    while (at >= 0) at = this.readBytes(bytes, this.readPairs(pairs, at));
    const { quote } = this;
    if (quote < 0) return -1;
    if (isLong) this.flags |= this.extra > 0 ? fieldFlag.nonAscii | fieldFlag.escapes : fieldFlag.nonAscii;
    if ((this.flags & fieldFlag.nonAscii) !== 0 && !this.isValid(bytes, start, quote)) return -1;
    this.codePoints = quote - start - this.extra;
    return quote;
  }

  private isValid(bytes: Buffer, start: number, end: number): boolean {
    this.allUtf8 ??= isUtf8(bytes.subarray(this.from, this.to));
    return this.allUtf8 || isUtf8(bytes.subarray(start, end));
  }

  /** Reads bytes one by one; returns the place of a pair to go on from, or -1 when the string has ended. */
  private readBytes(bytes: Buffer, start: number): number {
    const stop = start + leastBytewise;
    let at = start;
    while (at < stop || (at & 1) !== 0) {
      const byte = bytes[at] ?? 0;
      const length = isPlain[byte] === 1 ? 1 : this.special(bytes, at);
      if (length === 0) {
        this.quote = byte === quoteByte ? at : -1;
        return -1;
      }
      at += length;
    }
    return at;
  }

  /** Reads eight pairs of bytes at once as long as there is nothing special in them; returns where it stopped. */
  private readPairs(pairs: Uint16Array, start: number): number {
    let place = start >> 1;
    let before = 0;
    let counted = 0;
    for (;;) {
      const a = meaningAt(pairs, place) >>> before;
      const b = meaningAt(pairs, place + 1) >>> a;
      const c = meaningAt(pairs, place + 2) >>> b;
      const d = meaningAt(pairs, place + 3) >>> c;
      const e = meaningAt(pairs, place + 4) >>> d;
      const f = meaningAt(pairs, place + 5) >>> e;
      const g = meaningAt(pairs, place + 6) >>> f;
      const h = meaningAt(pairs, place + 7) >>> g;
      const sum = (((a + b + c + d) | 0) + ((e + f + g + h) | 0)) & 0xff00;
      if (sum >= special) break;
      counted += sum;
      before = h & escapesNext;
      place += 8;
    }
    this.extra += counted / extraByte;
    // The backslash of an escape that is not complete is read again.
    return (place << 1) - (before >> 4);
  }

  /** Takes what is no plain character; returns how many bytes were taken, 0 for what a string does not hold. */
  private special(bytes: Buffer, at: number): number {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20 || byte === quoteByte) return 0;
    const length = byte === backslash ? this.escapeLength(bytes, at) : 1;
    if (byte >= 0x80) this.flags |= fieldFlag.nonAscii;
    this.extra += byte >= 0xc0 ? 0 : byte >= 0x80 ? 1 : length - 1;
    return length;
  }

  /** Bytes of the escape at `at`, both halves of a surrogate pair together; 0 when it is none or half a pair. */
  private escapeLength(bytes: Buffer, at: number): number {
    const letter = bytes[at + 1] ?? 0;
    this.flags |= fieldFlag.escapes;
    if (isShortEscape[letter] === 1) return 2;
    this.flags |= fieldFlag.rareEscapes;
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
