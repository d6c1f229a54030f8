const poolBytes = 1 << 16;
/** A larger column has its own memory. */
const maxPooledBytes = 1 << 12;

/** Copies short columns into shared pieces of memory: by itself each would take many times its bytes. */
export class ColumnPool {
  private pool = new ArrayBuffer(0);
  private used = 0;

  /** A copy of numbers. */
  copyOf<Column extends Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(column: Column): Column {
    // A column of a kind makes one of the same kind; the library's type of the union cannot say so.
    if (column.byteLength > maxPooledBytes) return column.slice() as Column;
    const copy = this.take(column) as Column;
    copy.set(column);
    return copy;
  }

  private take(column: Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>): Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer> {
    const start = Math.ceil(this.used / column.BYTES_PER_ELEMENT) * column.BYTES_PER_ELEMENT;
    if (start + column.byteLength > this.pool.byteLength) {
      this.pool = new ArrayBuffer(poolBytes);
      this.used = 0;
      return this.take(column);
    }
    this.used = start + column.byteLength;
    return column instanceof Int32Array ? new Int32Array(this.pool, start, column.length) : new Float64Array(this.pool, start, column.length);
  }
}
