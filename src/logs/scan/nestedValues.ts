import { numberEnd, skipSpace, wordEnd } from './byteValues';
import { laterValue } from './numberList';
import type { LineBytes, StringReader } from './stringReader';

const quoteByte = 0x22;
const maxDepth = 64;

/** The place after the object or list at `at`, its grammar checked, or -1 when it is not valid; lists and objects in it lie at most 64 deep. */
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
      place = isObject ? this.afterKey(place) : laterValue(this.line, place);
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
