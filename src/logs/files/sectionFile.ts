import { closeSync, fstatSync, openSync } from 'node:fs';
import { sharedScanner } from '../scan/scanner';
import { blocksOf, ByteSlabs, type ByteRun } from './byteSlabs';
import { readFully } from './readFully';

/** An array of numbers as it lies in memory. */
export type Section = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** A flat binary file: a header, which is JSON, sections that are used where they lie once they are in memory, and bytes that need not all be there. */
export interface SectionFile {
  readonly header: unknown;
  readonly sections: readonly Section[];
  readonly tail: ByteRun;
}

/** A section file as it was read. */
export interface ReadSectionFile {
  readonly header: unknown;
  readonly sections: ReadSections;
  readonly tail: ByteSlabs;
}

const magic = 'CDASLIX4';
/** The magic, the length of the file, where the tail begins, the length of the header. */
const preambleBytes = 32;
const align = 8;
const checksumBytes = 8;
/** Written, read and summed up in blocks of this size. */
const blockBytes = 1 << 20;
/** A larger file is none of these. */
const maxBytes = 2 ** 31;
/** The kinds of sections, by the letter that stands for each. */
const kinds = { f: Float64Array, i: Int32Array, u: Uint32Array, s: Uint16Array, b: Uint8Array } as const;
type Kind = keyof typeof kinds;

/** The text at the beginning of a file. There are very many sections: what says of what kind each is, and how long, makes no object of any. */
interface Contents {
  readonly header: unknown;
  readonly kinds: string;
  readonly lengths: readonly number[];
}

/** The bytes of a section file, block by block; a block is only valid until the next one is asked for. */
export function* sectionFileBlocks({ header, sections, tail }: SectionFile): Generator<Buffer> {
  const contents: Contents = { header, kinds: sections.map(kindOf).join(''), lengths: sections.map(({ length }) => length) };
  const text = Buffer.from(JSON.stringify(contents));
  const tailStart = preambleBytes + padded(text.length) + sections.reduce((sum, { byteLength }) => sum + padded(byteLength), 0);
  const preamble = preambleOf({ length: tailStart + tail.length + checksumBytes, tailStart, textLength: text.length });
  const sum = new Checksum();
  for (const block of headBlocks([preamble, text, ...sections])) yield sum.add(block);
  for (const block of blocksOf(tail, Buffer.alloc(blockBytes))) yield sum.add(block);
  yield sum.value;
}

/** Where the parts of a section file lie, in bytes. */
interface Preamble {
  readonly length: number;
  readonly tailStart: number;
  readonly textLength: number;
}

function preambleOf({ length, tailStart, textLength }: Preamble): Buffer {
  if (length > maxBytes) throw new RangeError('too much for one file');
  const preamble = Buffer.alloc(preambleBytes);
  preamble.write(magic, 'latin1');
  preamble.writeDoubleLE(length, 8);
  preamble.writeDoubleLE(tailStart, 16);
  preamble.writeUInt32LE(textLength, 24);
  return preamble;
}

function* headBlocks(pieces: readonly (Uint8Array | Section)[]): Generator<Buffer> {
  const block = Buffer.alloc(blockBytes);
  let filled = 0;
  for (const piece of pieces) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    for (let at = 0; at < padded(bytes.length); ) {
      const count = Math.min(blockBytes - filled, padded(bytes.length) - at);
      const copied = bytes.copy(block, filled, at, at + count);
      block.fill(0, filled + copied, filled + count);
      at += count;
      filled += count;
      if (filled < blockBytes) continue;
      yield block;
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

/** Reads a section file; null where there is none, or one that is not whole, byte for byte. */
export function readSectionFile(path: string): ReadSectionFile | null {
  const whole = readWhole(path);
  if (whole === null) return null;
  const { head, tail, textLength } = whole;
  const start = preambleBytes + padded(textLength);
  if (start > head.length) return null;
  // The checksum holds, so this is what was written; the head lies in one buffer of its own.
  const contents = JSON.parse(head.toString('utf8', preambleBytes, preambleBytes + textLength)) as Contents;
  const sections = new ReadSections(head.buffer as ArrayBuffer, contents, start);
  return sections.end === head.length ? { header: contents.header, sections, tail } : null;
}

/** The sections of a file in memory, used where they lie. There are very many: one is only made when it is asked for. */
export class ReadSections {
  /** Where they end. */
  readonly end: number;
  private readonly starts: Float64Array;

  constructor(
    private readonly bytes: ArrayBuffer,
    private readonly contents: Contents,
    start: number,
  ) {
    this.starts = new Float64Array(this.length);
    let at = start;
    for (let place = 0; place < this.length; place++) {
      this.starts[place] = at;
      at += padded(this.lengthOf(place) * this.kindAt(place).BYTES_PER_ELEMENT);
    }
    this.end = at;
  }

  get length(): number {
    return this.contents.lengths.length;
  }

  /** How many numbers a section has. */
  lengthOf(place: number): number {
    return this.contents.lengths[place] ?? 0;
  }

  at(place: number): Section | undefined {
    return place < this.length ? new (this.kindAt(place))(this.bytes, this.starts[place], this.lengthOf(place)) : undefined;
  }

  private kindAt(place: number): (typeof kinds)[Kind] {
    // One letter for each section was written.
    return kinds[this.contents.kinds[place] as Kind];
  }
}

/** The bytes of a section file in memory, and those after them. */
interface Whole {
  readonly head: Buffer;
  readonly tail: ByteSlabs;
  readonly textLength: number;
}

/** The bytes of a file whose length and checksum are right. Nothing is allocated that the file is not long enough for. */
function readWhole(path: string): Whole | null {
  const fd = openSync(path, 'r');
  try {
    const preamble = readPreamble(fd, fstatSync(fd).size);
    return preamble === null ? null : readSummed(fd, preamble);
  } finally {
    closeSync(fd);
  }
}

function readPreamble(fd: number, size: number): Preamble | null {
  const bytes = Buffer.alloc(preambleBytes);
  if (size < preambleBytes + checksumBytes || size > maxBytes || !readFully(fd, bytes, 0)) return null;
  const [length, tailStart, textLength] = [bytes.readDoubleLE(8), bytes.readDoubleLE(16), bytes.readUInt32LE(24)];
  const fits = bytes.toString('latin1', 0, 8) === magic && length === size && Number.isInteger(tailStart) && tailStart >= preambleBytes && tailStart <= size - checksumBytes;
  return fits ? { length, tailStart, textLength } : null;
}

function readSummed(fd: number, { length, tailStart, textLength }: Preamble): Whole | null {
  const sum = new Checksum();
  const read = (into: Buffer, position: number): boolean => readFully(fd, into, position) && sum.add(into) === into;
  const head = Buffer.from(new ArrayBuffer(tailStart));
  for (let at = 0; at < tailStart; at += blockBytes) if (!read(head.subarray(at, at + blockBytes), at)) return null;
  const end = length - checksumBytes;
  const tail = new ByteSlabs();
  const block = Buffer.alloc(Math.min(blockBytes, end - tailStart));
  for (let at = tailStart; at < end; at += blockBytes) {
    const part = block.subarray(0, Math.min(blockBytes, end - at));
    if (!read(part, at)) return null;
    tail.append(part);
  }
  const written = Buffer.alloc(checksumBytes);
  return readFully(fd, written, end) && sum.value.equals(written) ? { head, tail, textLength } : null;
}

/** A checksum over blocks, by the hash of this thread's scanner: one of another seed does not fit either. */
class Checksum {
  private readonly hashes: number[] = [];

  /** Returns the block. */
  add(block: Buffer): Buffer {
    this.hashes.push(...sharedScanner().hash(block));
    return block;
  }

  get value(): Buffer {
    const total = sharedScanner().hash(Buffer.from(Uint32Array.from(this.hashes).buffer));
    return Buffer.from(Uint32Array.from(total).buffer);
  }
}

function kindOf(section: Section): Kind {
  if (section instanceof Float64Array) return 'f';
  if (section instanceof Int32Array) return 'i';
  if (section instanceof Uint32Array) return 'u';
  return section instanceof Uint16Array ? 's' : 'b';
}

function padded(length: number): number {
  return Math.ceil(length / align) * align;
}
