import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { sharedScanner } from '../scan/scanner';

/** An array of numbers as it lies in memory. */
export type Section = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** A flat binary file: a header, which is JSON, and sections that are used where they lie once they are in memory. */
export interface SectionFile {
  readonly header: unknown;
  readonly sections: readonly Section[];
}

/** A section file as it was read. */
export interface ReadSectionFile {
  readonly header: unknown;
  readonly sections: ReadSections;
}

const magic = 'CDASLIX3';
/** The magic, the length of the file, the length of the header. */
const preambleBytes = 24;
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
export function* sectionFileBlocks({ header, sections }: SectionFile): Generator<Buffer> {
  const contents: Contents = { header, kinds: sections.map(kindOf).join(''), lengths: sections.map(({ length }) => length) };
  const text = Buffer.from(JSON.stringify(contents));
  const length = preambleBytes + padded(text.length) + sections.reduce((sum, { byteLength }) => sum + padded(byteLength), 0) + checksumBytes;
  if (length > maxBytes) throw new RangeError('too much for one file');
  const preamble = Buffer.alloc(preambleBytes);
  preamble.write(magic, 'latin1');
  preamble.writeDoubleLE(length, 8);
  preamble.writeUInt32LE(text.length, 16);
  const sum = new Checksum();
  const block = Buffer.alloc(blockBytes);
  let filled = 0;
  for (const piece of [preamble, text, ...sections]) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    for (let at = 0; at < padded(bytes.length); ) {
      const count = Math.min(blockBytes - filled, padded(bytes.length) - at);
      const copied = bytes.copy(block, filled, at, at + count);
      block.fill(0, filled + copied, filled + count);
      at += count;
      filled += count;
      if (filled < blockBytes) continue;
      yield sum.add(block);
      filled = 0;
    }
  }
  if (filled > 0) yield sum.add(block.subarray(0, filled));
  yield sum.value;
}

/** Reads a section file; null where there is none, or one that is not whole, byte for byte. */
export function readSectionFile(path: string): ReadSectionFile | null {
  const bytes = readWhole(path);
  if (bytes === null) return null;
  const textLength = bytes.readUInt32LE(16);
  const end = bytes.length - checksumBytes;
  const start = preambleBytes + padded(textLength);
  if (start > end) return null;
  // The checksum holds, so this is what was written; the whole file lies in one buffer of its own.
  const contents = JSON.parse(bytes.toString('utf8', preambleBytes, preambleBytes + textLength)) as Contents;
  const sections = new ReadSections(bytes.buffer as ArrayBuffer, contents, start);
  return sections.end === end ? { header: contents.header, sections } : null;
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

/** The bytes of a file whose length and checksum are right. Nothing is allocated that the file is not long enough for. */
function readWhole(path: string): Buffer | null {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    return beginsRight(fd, size) ? readSummed(fd, size) : null;
  } finally {
    closeSync(fd);
  }
}

function beginsRight(fd: number, size: number): boolean {
  const preamble = Buffer.alloc(preambleBytes);
  if (size < preambleBytes + checksumBytes || size > maxBytes || !readFully(fd, preamble, 0)) return false;
  return preamble.toString('latin1', 0, 8) === magic && preamble.readDoubleLE(8) === size;
}

function readSummed(fd: number, size: number): Buffer | null {
  const bytes = Buffer.from(new ArrayBuffer(size));
  const end = size - checksumBytes;
  const sum = new Checksum();
  for (let at = 0; at < end; at += blockBytes) {
    const block = bytes.subarray(at, Math.min(at + blockBytes, end));
    if (!readFully(fd, block, at)) return null;
    sum.add(block);
  }
  return readFully(fd, bytes.subarray(end), end) && sum.value.equals(bytes.subarray(end)) ? bytes : null;
}

function readFully(fd: number, into: Buffer, position: number): boolean {
  for (let done = 0; done < into.length; ) {
    const read = readSync(fd, into, done, into.length - done, position + done);
    if (read === 0) return false;
    done += read;
  }
  return true;
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
