const poolBytes = 1 << 18;
/** More than this has its own memory. */
const maxPooledBytes = 1 << 14;
const align = 8;

/** Bytes in a piece of memory. */
export interface Place {
  readonly buffer: ArrayBuffer;
  readonly offset: number;
}

/** Gives out places in shared pieces of memory: a small piece by itself would take many times its bytes. */
export class ColumnPool {
  private pool = new ArrayBuffer(0);
  private used = 0;

  /** A place for so many bytes, where numbers of any kind can begin. */
  take(bytes: number): Place {
    if (bytes > maxPooledBytes) return { buffer: new ArrayBuffer(bytes), offset: 0 };
    if (this.used + bytes > this.pool.byteLength) {
      this.pool = new ArrayBuffer(poolBytes);
      this.used = 0;
    }
    const { pool: buffer, used: offset } = this;
    this.used += Math.ceil(bytes / align) * align;
    return { buffer, offset };
  }
}
