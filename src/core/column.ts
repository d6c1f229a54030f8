type TypedArray = Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array;
type TypedArrayConstructor<A extends TypedArray> = new (length: number) => A;

/** A typed array that grows: one column of a table whose rows are only appended or cut off at the end. */
export class Column<A extends TypedArray> {
  private values: A;
  private count = 0;
  private viewed: A | null = null;

  constructor(private readonly make: TypedArrayConstructor<A>, capacity = 16) {
    this.values = new make(capacity);
  }

  get length(): number {
    return this.count;
  }

  /** The value in a row; rows beyond the end read as 0. */
  at(row: number): number {
    return row < this.count ? (this.values[row] ?? 0) : 0;
  }

  set(row: number, value: number): void {
    if (row >= this.count) throw new RangeError(`row ${row} of ${this.count}`);
    this.values[row] = value;
  }

  push(value: number): void {
    if (this.count === this.values.length) this.grow();
    this.values[this.count++] = value;
  }

  /** Appends the same value so many times. */
  extend(count: number, value: number): void {
    const end = this.count + count;
    const isNew = end > this.values.length;
    if (isNew) this.grow(end);
    // New memory is 0, and takes none before something is written to it.
    if (!isNew || value !== 0) this.values.fill(value, this.count, end);
    this.count = end;
  }

  /** Drops all rows from `length` on. */
  truncate(length: number): void {
    if (length < this.count) this.count = length;
  }

  /** The rows as one array that is only valid until the next push. */
  view(): A {
    // subarray of an A is an A; the library's union type cannot say so.
    if (this.viewed?.length !== this.count) this.viewed = this.values.subarray(0, this.count) as A;
    return this.viewed;
  }

  private grow(least = 16): void {
    const larger = new this.make(Math.max(least, this.values.length * 2));
    larger.set(this.view());
    this.values = larger;
    this.viewed = null;
  }
}

/** The larger array, with the numbers of the other at its beginning. */
export function grown<Numbers extends { set(numbers: Numbers): void }>(numbers: Numbers, larger: Numbers): Numbers {
  larger.set(numbers);
  return larger;
}
