import type { LineBytes, StringReader } from './stringReader';

// The places in these functions are followed by a line end somewhere, which no value holds: none of them runs off the buffer.
// Each gives the place after a value, or -1 when it is not valid JSON.

const quoteByte = 0x22;
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

const powersOfTen = Array.from({ length: 15 }, (_, zeros) => Number(`1e${zeros}`));

/** The value of the number between two places. */
export function numberOf(bytes: Buffer, start: number, end: number): number {
  const first = bytes[start] === 0x2d ? start + 1 : start;
  const value = decimalOf(bytes, first, end);
  if (value === null) return Number(bytes.toString('latin1', start, end));
  return first > start ? -value : value;
}

/** The nearest double to a number of few digits and no exponent; null for another one. */
function decimalOf(bytes: Buffer, start: number, end: number): number | null {
  // Doubles hold the digits and the power of ten exactly, and so their quotient is the nearest one.
  if (end - start > powersOfTen.length) return null;
  let digits = 0;
  let point = end - 1;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte > 0x39) return null;
    if (byte === 0x2e) point = at;
    else digits = digits * 10 + byte - 0x30;
  }
  return digits / (powersOfTen[end - 1 - point] ?? Number.NaN);
}

function digitsEnd(bytes: Buffer, at: number): number {
  let end = at;
  for (let byte = bytes[end] ?? 0; byte >= 0x30 && byte <= 0x39; byte = bytes[++end] ?? 0);
  return end;
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
