/** Finds rows by a hash of what they hold, which stands elsewhere: the table itself takes four bytes for each slot. */
export class RowTable {
  /** Rows plus one; 0 where there is none. */
  private slots = new Int32Array(1024);
  private count = 0;

  /** `hashOf` gives the hash of a row that was added. */
  constructor(private readonly hashOf: (row: number) => number) {}

  /** The row with a hash that is the sought one; -1 when there is none. */
  find(hash: number, isSought: (row: number) => boolean): number {
    const { slots } = this;
    const mask = slots.length - 1;
    for (let place = spread(hash) & mask; ; place = (place + 1) & mask) {
      const row = (slots[place] ?? 0) - 1;
      if (row < 0 || isSought(row)) return row;
    }
  }

  /** Adds a row that is not there yet. */
  add(row: number): void {
    if (++this.count * 4 > this.slots.length * 3) this.grow();
    this.put(row);
  }

  private put(row: number): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let place = spread(this.hashOf(row)) & mask;
    while (slots[place] !== 0) place = (place + 1) & mask;
    slots[place] = row + 1;
  }

  private grow(): void {
    const before = this.slots;
    this.slots = new Int32Array(before.length * 2);
    for (const slot of before) if (slot !== 0) this.put(slot - 1);
  }
}

/** Lets all bits of a hash count where only the lowest are looked at. */
function spread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x9e3779b1);
  return mixed ^ (mixed >>> 13);
}
