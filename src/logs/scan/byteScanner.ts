import { createHash } from 'node:crypto';
import { fieldTree, type KeyNode } from './fieldTree';
import { cutWords, fieldFlag, fieldKind, headerWords, measuredBytes, slot, slotWords, type LineScanner, type Wanted } from './lineScanner';
import { numberEnd, numberOf, skipSpace, spells, wordEnd } from './byteValues';
import { nestedEnd } from './nestedValues';
import { LineBytes, StringReader } from './stringReader';

const maxRecords = 1024;
const maxCuts = 0x2a00;
const slackBytes = 64;
/** Room for lines at first. */
const leastBytes = 1 << 16;
/** Which word of a record tells the fields met. */
const metWord = 3;
const newline = 0x0a;
const quoteByte = 0x22;
const backslash = 0x5c;

/** A wanted key as it stands in a line. */
interface SpelledKey {
  readonly bytes: Buffer;
  readonly node: KeyNode;
}

const spelledBy = new WeakMap<ReadonlyMap<string, KeyNode>, readonly SpelledKey[]>();

function spelledKeys(keys: ReadonlyMap<string, KeyNode>): readonly SpelledKey[] {
  const known = spelledBy.get(keys) ?? [...keys].map(([key, node]) => ({ bytes: Buffer.from(key), node }));
  spelledBy.set(keys, known);
  return known;
}

function spelledKey(keys: readonly SpelledKey[], line: Buffer, start: number, end: number): KeyNode | undefined {
  for (const { bytes, node } of keys) if (bytes.length === end - start && spells(line, start, bytes)) return node;
  return undefined;
}

/** The scanner in TypeScript: the kernel's equal line for line, for machines without WebAssembly SIMD and for tests. */
export class ByteScanner implements LineScanner {
  readonly name = 'bytes';
  readonly dataStart = 0;
  readonly records = 0;
  words = new Int32Array();
  doubles = new Float64Array();
  leftOut = new Uint32Array(cutWords * maxCuts);
  recordWords = headerWords;
  scanned = 0;
  full = false;
  private line = new LineBytes(leastBytes);
  private wanted: Wanted | null = null;
  private root: readonly SpelledKey[] = [];
  private readonly strings = new StringReader();
  private record = 0;
  private met = 0;
  private cuts = 0;
  private readonly opened = new Set<KeyNode>();

  get buffer(): Buffer {
    return this.line.bytes;
  }

  reserve(length: number): void {
    if (length + slackBytes <= this.buffer.length) return;
    const larger = new LineBytes(Math.max(length + slackBytes, this.buffer.length * 2));
    this.buffer.copy(larger.bytes);
    this.line = larger;
  }

  release(): void {
    this.line = new LineBytes(leastBytes);
  }

  want(wanted: Wanted): void {
    if (wanted === this.wanted) return;
    this.root = spelledKeys(fieldTree(wanted));
    this.recordWords = headerWords + wanted.fields.length * slotWords;
    this.words = new Int32Array(this.recordWords * maxRecords);
    this.doubles = new Float64Array(this.words.buffer);
    this.wanted = wanted;
  }

  scan(start: number, end: number): number {
    const { buffer } = this;
    if (buffer[end - 1] !== newline) buffer[end] = newline;
    this.strings.readWithin(start, end);
    let count = 0;
    let at = start;
    this.cuts = 0;
    this.full = false;
    for (; at < end; count++) {
      this.full = count === maxRecords;
      if (this.full) break;
      this.record = count * this.recordWords;
      this.met = 0;
      const cutsBefore = this.cuts;
      const lineEnd = this.lineEnd(at);
      const stop = lineEnd < 0 ? buffer.indexOf(newline, at) : lineEnd;
      if (lineEnd < 0) this.cuts = cutsBefore;
      if (stop >= end) break;
      this.words[this.record] = at;
      this.words[this.record + 1] = stop;
      this.words[this.record + 2] = (lineEnd < 0 ? 0 : 1) + 2 * this.cuts;
      this.words[this.record + metWord] = this.met;
      at = stop + 1;
    }
    this.scanned = at;
    return count;
  }

  hash(bytes: Buffer): readonly [number, number] {
    const digest = createHash('sha1').update(bytes).digest();
    return [digest.readInt32LE(0), digest.readInt32LE(4)];
  }

  /** The line end behind the one object of a line; -1 when the line is not proven. */
  private lineEnd(start: number): number {
    if (this.opened.size > 0) this.opened.clear();
    const { buffer } = this;
    const open = skipSpace(buffer, start);
    const close = buffer[open] === 0x7b ? this.objectEnd(open, this.root) : -1;
    const end = close < 0 ? -1 : skipSpace(buffer, close);
    return buffer[end] === newline ? end : -1;
  }

  /** The place after an object on a wanted path, its wanted values noted; -1 when the line is not proven. */
  private objectEnd(open: number, keys: readonly SpelledKey[]): number {
    const { buffer } = this;
    let at = skipSpace(buffer, open + 1);
    if (buffer[at] === 0x7d) return at + 1;
    for (;;) {
      const quote = this.keyEnd(at);
      if (quote < 0) return -1;
      const node = spelledKey(keys, buffer, at + 1, quote);
      at = skipSpace(buffer, quote + 1);
      if (buffer[at] !== 0x3a) return -1;
      at = this.valueEnd(skipSpace(buffer, at + 1), node);
      if (at < 0) return -1;
      at = skipSpace(buffer, at);
      if (buffer[at] !== 0x2c) return buffer[at] === 0x7d ? at + 1 : -1;
      at = skipSpace(buffer, at + 1);
    }
  }

  /** The closing quote of the key at a place; -1 also for an escaped key, which may spell a wanted one. */
  private keyEnd(at: number): number {
    const { buffer, strings } = this;
    const quote = buffer[at] === quoteByte ? strings.end(this.line, at + 1) : -1;
    const mayHaveEscapes = quote > 0 && (strings.flags & fieldFlag.escapes) !== 0;
    return mayHaveEscapes && buffer.subarray(at, quote).includes(backslash) ? -1 : quote;
  }

  private valueEnd(start: number, node: KeyNode | undefined): number {
    if (node !== undefined) {
      const repeated = this.repeatedEnd(start, node);
      if (repeated > 0) return repeated;
      if (this.reopens(node)) return -1;
    }
    switch (this.buffer[start]) {
      case quoteByte:
        return this.stringEnd(start, node);
      case 0x7b:
        return this.note(node, fieldKind.object, start, this.containerEnd(start, node));
      case 0x5b:
        return this.note(node, fieldKind.list, start, this.containerEnd(start, node));
      default:
        return this.scalarEnd(start, node);
    }
  }

  /** Of two objects under one key only the second counts, with all that lies in it: not for this scanner. */
  private reopens(node: KeyNode): boolean {
    if (!node.holdsFields) return false;
    const before = this.opened.size;
    return this.opened.add(node).size === before;
  }

  /** The place after a hashed text that is the same as in the line before, as the prompts of a group are: what is known of it is taken over. -1 where it is another one. */
  private repeatedEnd(start: number, { field, hashed }: KeyNode): number {
    const { words, record, recordWords } = this;
    if (!hashed || field === null || record === 0 || (at(words, record - recordWords + metWord) & (1 << field)) === 0) return -1;
    const place = this.slotOf(field);
    const known = place - recordWords;
    const from = at(words, known + slot.start);
    const length = at(words, known + slot.end) - from;
    if ((at(words, known) & 0xff) !== fieldKind.string || !this.sameBytes(from - 1, start, length + 2)) return -1;
    words.copyWithin(place, known, known + slotWords);
    words[place + slot.start] = start + 1;
    words[place + slot.end] = start + 1 + length;
    this.met |= 1 << field;
    return start + length + 2;
  }

  private sameBytes(a: number, b: number, length: number): boolean {
    const { buffer } = this;
    return b + length <= buffer.length && buffer.compare(buffer, a, a + length, b, b + length) === 0;
  }

  private containerEnd(open: number, node: KeyNode | undefined): number {
    const isObject = this.buffer[open] === 0x7b;
    if (isObject && node !== undefined && node.keys.size > 0) return this.objectEnd(open, spelledKeys(node.keys));
    const elements = isObject ? null : (node?.elements ?? null);
    return elements === null ? nestedEnd(this.line, open, this.strings) : this.elementsEnd(open, elements);
  }

  /** The place after a list on a wanted path; `elements` is what is wanted of its values. */
  private elementsEnd(open: number, elements: KeyNode): number {
    const { buffer } = this;
    let at = skipSpace(buffer, open + 1);
    if (buffer[at] === 0x5d) return at + 1;
    let wanted = elements.skipsFirst ? undefined : elements;
    for (;;) {
      at = this.valueEnd(at, wanted);
      if (at < 0) return -1;
      at = skipSpace(buffer, at);
      if (buffer[at] !== 0x2c) return buffer[at] === 0x5d ? at + 1 : -1;
      at = skipSpace(buffer, at + 1);
      wanted = elements;
    }
  }

  private stringEnd(start: number, node: KeyNode | undefined): number {
    const { strings } = this;
    const quote = strings.end(this.line, start + 1);
    if (quote < 0) return -1;
    if (node?.measured === true && quote - start > measuredBytes) this.cut(start, quote + 1);
    this.note(node, fieldKind.string + strings.flags * 256, start + 1, quote);
    if (typeof node?.field === 'number') this.words[this.slotOf(node.field) + slot.codePoints] = strings.codePoints;
    return quote + 1;
  }

  private scalarEnd(start: number, node: KeyNode | undefined): number {
    const { buffer } = this;
    const word = wordEnd(buffer, start);
    if (word > 0) {
      const kind = buffer[start] === 0x74 ? fieldKind.true : buffer[start] === 0x66 ? fieldKind.false : fieldKind.null;
      return this.note(node, kind, start, word);
    }
    const end = numberEnd(buffer, start);
    if (end > 0 && typeof node?.field === 'number') this.doubles[(this.slotOf(node.field) + slot.number) / 2] = numberOf(buffer, start, end);
    return this.note(node, fieldKind.number, start, end);
  }

  private slotOf(field: number): number {
    return this.record + headerWords + field * slotWords;
  }

  private cut(start: number, end: number): void {
    if (this.cuts < maxCuts) this.leftOut.set([start, end, this.strings.codePoints], cutWords * this.cuts++);
  }

  /** Notes a wanted value and returns its end; without one the line is not proven. */
  private note(node: KeyNode | undefined, kind: number, start: number, end: number): number {
    if (end > 0 && node?.leftOut === true && kind >= fieldKind.object) this.cut(start, end);
    if (end < 0 || typeof node?.field !== 'number') return end;
    this.met |= 1 << node.field;
    const at = this.slotOf(node.field);
    this.words[at + slot.kind] = kind;
    this.words[at + slot.start] = start;
    this.words[at + slot.end] = end;
    if (node.hashed) this.words.set(this.hash(this.buffer.subarray(start, end)), at + slot.hash);
    return end;
  }
}

function at(words: Int32Array | Uint32Array, place: number): number {
  return words[place] ?? 0;
}
