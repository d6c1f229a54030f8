/** Large enough that there are few, small enough that a short run wastes little. */
const slabBytes = 1 << 18;

/** Bytes one behind the other, in pieces of one size: what is there is not copied when more come. */
export class ByteSlabs {
  private readonly slabs: Buffer<ArrayBuffer>[];
  private used: number;

  /** Begins with the pieces of others, and grows apart from them. */
  constructor(pieces: readonly Uint8Array<ArrayBuffer>[] = []) {
    this.slabs = pieces.map(({ buffer, byteOffset, length }) => Buffer.from(buffer, byteOffset, length));
    this.used = bytesIn(pieces);
    const last = this.slabs.at(-1);
    if (last === undefined || last.length === slabBytes) return;
    this.slabs.pop();
    this.addSlab().set(last);
  }

  get length(): number {
    return this.used;
  }

  /** The bytes in pieces, all but the last of the full size. */
  get pieces(): readonly Uint8Array<ArrayBuffer>[] {
    return this.slabs.map(({ buffer, byteOffset }, place) => new Uint8Array(buffer, byteOffset, Math.min(slabBytes, this.used - place * slabBytes)));
  }

  /** Adds bytes; returns where they begin. */
  append(bytes: Uint8Array): number {
    const start = this.used;
    for (let at = 0; at < bytes.length; ) {
      const place = this.used % slabBytes;
      const slab = this.slabs[Math.floor(this.used / slabBytes)] ?? this.addSlab();
      const count = Math.min(bytes.length - at, slabBytes - place);
      slab.set(bytes.subarray(at, at + count), place);
      this.used += count;
      at += count;
    }
    return start;
  }

  /** The bytes between two places, in one buffer. */
  read(start: number, end: number): Buffer {
    const parts: Buffer[] = [];
    for (let at = start; at < end; ) {
      const place = at % slabBytes;
      const count = Math.min(end - at, slabBytes - place);
      parts.push((this.slabs[Math.floor(at / slabBytes)] ?? Buffer.alloc(0)).subarray(place, place + count));
      at += count;
    }
    const [only] = parts;
    return only !== undefined && parts.length === 1 ? only : Buffer.concat(parts);
  }

  private addSlab(): Buffer<ArrayBuffer> {
    const slab = Buffer.from(new ArrayBuffer(slabBytes));
    this.slabs.push(slab);
    return slab;
  }
}

/** How many bytes are in pieces. */
export function bytesIn(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** Whether pieces are of the size that places in them rely on. */
export function areSlabs(pieces: readonly Uint8Array[]): boolean {
  return pieces.every(({ length }, place) => (place < pieces.length - 1 ? length === slabBytes : length <= slabBytes));
}
