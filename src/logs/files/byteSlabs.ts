import { SpillFile } from './spillFile';

const slabBytes = 1 << 18;
/** So many pieces stay in memory: more texts than nearly every run has. */
const slabsInMemory = 16;
/** So much is read from the disk at once, since what is asked for lies mostly one behind the other. */
const blockBytes = 1 << 14;

/** Bytes that are read by their places, wherever they lie. */
export interface ByteRun {
  readonly length: number;
  /** Fills a buffer with the bytes from a place on. */
  copy(into: Buffer, start: number): void;
}

/** Where the bytes go that are too many for memory. */
export interface SlabOptions {
  readonly slabsInMemory: number;
  readonly makeFile: () => Pick<SpillFile, 'read' | 'write'> | null;
}

/** Bytes one behind the other, in pieces of one size: what is there is not copied when more come. Very many go to the disk, and stay in memory where that is full. */
export class ByteSlabs implements ByteRun {
  /** Null for those that lie in the file. */
  private readonly slabs: (Buffer | null)[] = [];
  private used = 0;
  /** Undefined as long as none was needed. */
  private file: ReturnType<SlabOptions['makeFile']> | undefined;
  private isFileFull = false;
  /** A piece that went to the file, to be filled anew. */
  private spare: Buffer | null = null;
  private readonly block = { start: -1, bytes: Buffer.alloc(0) };

  constructor(private readonly options: SlabOptions = { slabsInMemory, makeFile: () => SpillFile.make() }) {}

  /** Bytes to go on from: those of slabs are taken over, others are copied. */
  static of(bytes: ByteRun): ByteSlabs {
    if (bytes instanceof ByteSlabs) return bytes;
    const slabs = new ByteSlabs();
    for (const block of blocksOf(bytes, Buffer.alloc(slabBytes))) slabs.append(block);
    return slabs;
  }

  get length(): number {
    return this.used;
  }

  /** The bytes as they are now, which do not change when more come. */
  upToNow(): ByteRun {
    return { length: this.used, copy: (into, start) => this.copy(into, start) };
  }

  /** Adds bytes; returns where they begin. */
  append(bytes: Uint8Array): number {
    const start = this.used;
    for (let at = 0; at < bytes.length; ) {
      const place = this.used % slabBytes;
      const slab = this.slabs[slabOf(this.used)] ?? this.addSlab();
      const count = Math.min(bytes.length - at, slabBytes - place);
      slab.set(bytes.subarray(at, at + count), place);
      this.used += count;
      at += count;
      if (place + count === slabBytes) this.putAside(slab);
    }
    return start;
  }

  /** The bytes between two places, valid until the next are read or written. */
  read(start: number, end: number): Buffer {
    if (start >= end || slabOf(start) === slabOf(end - 1)) return this.within(start, end);
    const all = Buffer.alloc(end - start);
    this.copy(all, start);
    return all;
  }

  copy(into: Buffer, start: number): void {
    const end = start + into.length;
    for (let at = start; at < end; ) {
      const next = Math.min(end, (slabOf(at) + 1) * slabBytes);
      const part = into.subarray(at - start, next - start);
      if (this.slabs[slabOf(at)] === null && part.length > blockBytes) this.file?.read(part, this.placeInFile(at));
      else this.within(at, next).copy(part);
      at = next;
    }
  }

  /** Bytes that lie in one piece. */
  private within(start: number, end: number): Buffer {
    const slab = this.slabs[slabOf(start)];
    if (slab === null) return this.fromFile(start, end);
    const place = start % slabBytes;
    return slab?.subarray(place, place + end - start) ?? Buffer.alloc(0);
  }

  private fromFile(start: number, end: number): Buffer {
    const { block } = this;
    const blockStart = start - (start % blockBytes);
    if (end > blockStart + blockBytes) {
      const bytes = Buffer.alloc(end - start);
      this.file?.read(bytes, this.placeInFile(start));
      return bytes;
    }
    if (block.start !== blockStart) {
      if (block.bytes.length === 0) block.bytes = Buffer.alloc(blockBytes);
      block.start = -1;
      this.file?.read(block.bytes, this.placeInFile(blockStart));
      block.start = blockStart;
    }
    return block.bytes.subarray(start - blockStart, end - blockStart);
  }

  private placeInFile(at: number): number {
    return at - this.options.slabsInMemory * slabBytes;
  }

  /** Takes the last piece, which is full, out of memory, if there are enough others. */
  private putAside(slab: Buffer): void {
    const last = this.slabs.length - 1;
    if (last < this.options.slabsInMemory || this.isFileFull) return;
    this.file ??= this.options.makeFile();
    this.isFileFull = this.file?.write(slab, this.placeInFile(last * slabBytes)) !== true;
    if (this.isFileFull) return;
    this.slabs[last] = null;
    this.spare = slab;
  }

  private addSlab(): Buffer {
    const slab = this.spare ?? Buffer.from(new ArrayBuffer(slabBytes));
    this.spare = null;
    this.slabs.push(slab);
    return slab;
  }
}

/** Bytes block by block, each in the same buffer. */
export function* blocksOf(bytes: ByteRun, block: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += block.length) {
    const part = block.subarray(0, Math.min(block.length, bytes.length - at));
    bytes.copy(part, at);
    yield part;
  }
}

function slabOf(place: number): number {
  return Math.floor(place / slabBytes);
}
