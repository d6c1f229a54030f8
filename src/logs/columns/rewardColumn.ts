/** Rewards of a table as they lie in memory. */
export interface PackedRewards {
  /** For each row a place in `values`; null where `values` has one for each row. */
  readonly codes: Uint8Array<ArrayBuffer> | null;
  readonly values: Float64Array<ArrayBuffer>;
}

const maxDistinct = 256;
const fewValues = 8;

/** The rewards of a table, NaN where there is none. As long as there are few different ones a row takes one byte. */
export class RewardColumn {
  private codes: Uint8Array<ArrayBuffer> | null;
  private values: Float64Array<ArrayBuffer>;
  /** The places of values; filled when the first one is looked for. */
  private readonly codeOf = new Map<number, number>();

  constructor({ codes, values }: PackedRewards = { codes: new Uint8Array(), values: new Float64Array() }) {
    this.codes = codes;
    this.values = values;
  }

  at(row: number): number {
    const { codes, values } = this;
    return (codes === null ? values[row] : values[codes[row] ?? 0]) ?? Number.NaN;
  }

  /** The column itself, until the next reward is set. */
  get raw(): PackedRewards {
    return { codes: this.codes, values: this.values };
  }

  /** Sets the reward of a row; rows come one after another, each once. */
  set(row: number, reward: number): void {
    const code = this.codes === null ? -1 : this.codeFor(reward);
    if (this.codes !== null && code < 0) this.spellOut(row);
    if (this.codes === null) this.values[row] = reward;
    else this.codes[row] = code;
  }

  /** Sets the rewards of rows from `row` on to those of another column: the same as one after another. */
  append(row: number, others: PackedRewards): void {
    const from = new RewardColumn(others);
    const rows = (others.codes ?? others.values).length;
    for (let at = this.appendCodes(row, others); at < rows; at++) this.set(row + at, from.at(at));
  }

  /** Takes rewards over as far as codes do for them; returns of how many rows. The loop calls hardly anything, so that it is soon fast. */
  private appendCodes(row: number, { codes, values }: PackedRewards): number {
    const target = this.codes;
    if (codes === null || target === null) return 0;
    const known = new Int16Array(maxDistinct).fill(-1);
    for (let at = 0; at < codes.length; at++) {
      const code = codes[at] ?? 0;
      if (known[code] === -1) known[code] = this.codeFor(values[code] ?? Number.NaN);
      const here = known[code] ?? -1;
      if (here < 0) return at;
      target[row + at] = here;
    }
    return codes.length;
  }

  /** Makes room for so many rows, of which the first ones are there. */
  resize(rows: number, capacity: number): void {
    if (this.codes !== null) {
      const codes = new Uint8Array(capacity);
      codes.set(this.codes.subarray(0, rows));
      this.codes = codes;
    } else {
      const values = new Float64Array(capacity);
      values.set(this.values.subarray(0, rows));
      this.values = values;
    }
  }

  /** The rewards of the rows from `start` up to `end`. Rows that are set later do not change them. */
  packed(end: number, start = 0): PackedRewards {
    return this.codes === null ? { codes: null, values: this.values.subarray(start, end) } : { codes: this.codes.subarray(start, end), values: this.values };
  }

  /** The place of a value, which is added if it is new; -1 where there are too many. */
  private codeFor(reward: number): number {
    const { values } = this;
    // Mostly there are two rewards or three, which are found sooner than by any map.
    for (let code = 0; code < values.length && code < fewValues; code++) if (values[code] === reward) return code;
    if (this.codeOf.size < values.length) values.forEach((value, code) => this.codeOf.set(value, code));
    return this.codeOf.get(reward) ?? this.addValue(reward);
  }

  private addValue(reward: number): number {
    const code = this.values.length;
    if (code === maxDistinct) return -1;
    this.values = Float64Array.of(...this.values, reward);
    this.codeOf.set(reward, code);
    return code;
  }

  /** From here on every row holds its reward itself. */
  private spellOut(rows: number): void {
    const values = new Float64Array(this.codes?.length ?? 0);
    for (let row = 0; row < rows; row++) values[row] = this.at(row);
    this.values = values;
    this.codes = null;
    this.codeOf.clear();
  }
}
