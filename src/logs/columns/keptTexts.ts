import type { ScannedLine } from '../scan/scannedLine';

const slabBytes = 1 << 18;

/** Keeps the bytes of texts that perhaps nobody asks for: many in one piece of memory, and nothing is decoded. */
export class KeptTexts {
  private slab = Buffer.alloc(0);
  private used = 0;

  /** Keeps a field of kind `string`. */
  keep(line: ScannedLine, field: number): KeptText {
    this.makeRoom(line.byteLength(field));
    const start = this.used;
    this.used += line.copy(field, this.slab, start);
    return new KeptText(this.slab, start, this.used);
  }

  /** Keeps a text as it stood in a row. */
  keepBytes(bytes: Uint8Array): KeptText {
    this.makeRoom(bytes.length);
    const start = this.used;
    this.slab.set(bytes, start);
    this.used += bytes.length;
    return new KeptText(this.slab, start, this.used);
  }

  private makeRoom(length: number): void {
    if (this.used + length <= this.slab.length) return;
    this.slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, length));
    this.used = 0;
  }
}

/** A text of a scanned line as it stood there between its quotes. */
export class KeptText {
  constructor(
    private readonly slab: Buffer,
    private readonly start: number,
    private readonly end: number,
  ) {}

  get bytes(): Uint8Array {
    return this.slab.subarray(this.start, this.end);
  }

  read(): string {
    // A JSON string is a string.
    return JSON.parse(`"${this.slab.toString('utf8', this.start, this.end)}"`) as string;
  }
}
