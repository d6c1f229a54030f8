const entryWords = 3;
/** Entries lie in blocks of 2^12, so that adding never copies the earlier ones. */
const blockBits = 12;
const blockEntries = 1 << blockBits;
const firstSlots = 1024;

/** A map from 64-bit keys, given as two words, to small numbers from 0 on. Holds no objects. Keys are never taken out. */
export class HashTable {
  /** For each entry, in the order in which they came, its key and its number. */
  private readonly blocks: Int32Array[] = [];
  private count = 0;
  /** Which entry is at a place; -1 for none. At most half of them are taken. */
  private slots = new Int32Array(firstSlots).fill(-1);

  /** Makes room for so many keys at once. */
  reserve(keys: number): void {
    let slots = this.slots.length;
    while (keys * 2 >= slots) slots *= 2;
    if (slots > this.slots.length) this.grow(slots);
  }

  /** Hands over every key with its number, in the order in which the keys came. */
  forEach(visit: (low: number, high: number, value: number) => void): void {
    for (let entry = 0; entry < this.count; entry++) visit(this.word(entry, 0), this.word(entry, 1), this.word(entry, 2));
  }

  /** The number of a key; -1 when it is unknown. */
  get(low: number, high: number): number {
    const entry = this.slots[this.find(low | 0, high | 0)] ?? -1;
    return entry < 0 ? -1 : this.word(entry, 2);
  }

  set(low: number, high: number, value: number): void {
    if (this.count * 2 >= this.slots.length) this.grow(this.slots.length * 2);
    const slot = this.find(low | 0, high | 0);
    const known = this.slots[slot] ?? -1;
    const entry = known < 0 ? this.count++ : known;
    this.slots[slot] = entry;
    const block = (this.blocks[entry >> blockBits] ??= new Int32Array(blockEntries * entryWords));
    const at = (entry & (blockEntries - 1)) * entryWords;
    block[at] = low;
    block[at + 1] = high;
    block[at + 2] = value;
  }

  /** The slot where a key is, or where it would go. */
  private find(low: number, high: number): number {
    const { slots } = this;
    const mask = slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] ?? -1;
      if (entry < 0 || (this.word(entry, 0) === low && this.word(entry, 1) === high)) return slot;
    }
  }

  private word(entry: number, word: number): number {
    return this.blocks[entry >> blockBits]?.[(entry & (blockEntries - 1)) * entryWords + word] ?? 0;
  }

  private grow(length: number): void {
    const slots = new Int32Array(length).fill(-1);
    for (let entry = 0; entry < this.count; entry++) {
      let slot = this.word(entry, 0) & (length - 1);
      while (slots[slot] !== -1) slot = (slot + 1) & (length - 1);
      slots[slot] = entry;
    }
    this.slots = slots;
  }
}
