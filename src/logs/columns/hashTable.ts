/** A map from 64-bit keys, given as two words, to small numbers from 0 on. Holds no objects. */
export class HashTable {
  private slots = new Int32Array(3 * 1024).fill(-1);
  private count = 0;

  /** Makes room for so many keys at once. */
  reserve(keys: number): void {
    let slots = this.slots.length;
    while (keys * 6 >= slots) slots *= 2;
    if (slots > this.slots.length) this.grow(slots);
  }

  /** Hands over every key with its number, in no order. */
  forEach(visit: (low: number, high: number, value: number) => void): void {
    const { slots } = this;
    for (let at = 0; at < slots.length; at += 3) {
      const value = slots[at + 2] ?? -1;
      if (value !== -1) visit(slots[at] ?? 0, slots[at + 1] ?? 0, value);
    }
  }

  /** The number of a key; -1 when it is unknown. */
  get(low: number, high: number): number {
    const at = this.find(low | 0, high | 0);
    return this.slots[at + 2] ?? -1;
  }

  set(low: number, high: number, value: number): void {
    if (this.count * 6 >= this.slots.length) this.grow(this.slots.length * 2);
    const at = this.find(low | 0, high | 0);
    if (this.slots[at + 2] === -1) this.count++;
    this.slots[at] = low;
    this.slots[at + 1] = high;
    this.slots[at + 2] = value;
  }

  /** Where a key is, or where it would go. */
  private find(low: number, high: number): number {
    const { slots } = this;
    const mask = slots.length / 3 - 1;
    for (let place = low & mask; ; place = (place + 1) & mask) {
      const at = place * 3;
      if (slots[at + 2] === -1 || (slots[at] === low && slots[at + 1] === high)) return at;
    }
  }

  private grow(slots: number): void {
    const before = this.slots;
    this.slots = new Int32Array(slots).fill(-1);
    if (this.count > 0) this.putAll(before);
  }

  private putAll(before: Int32Array): void {
    const { slots } = this;
    for (let from = 0; from < before.length; from += 3) {
      const value = before[from + 2] ?? -1;
      if (value === -1) continue;
      const low = before[from] ?? 0;
      const high = before[from + 1] ?? 0;
      const at = this.find(low, high);
      slots[at] = low;
      slots[at + 1] = high;
      slots[at + 2] = value;
    }
  }
}
