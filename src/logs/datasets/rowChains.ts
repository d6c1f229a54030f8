import { grown } from '../../core/column';

/** Rows that belong to an earlier one, by that one. Takes no memory where there are none. */
export class RowChains {
  /** By row the next one of its chain plus one; 0 at the end of it. */
  private next = new Int32Array(0);

  get isEmpty(): boolean {
    return this.next.length === 0;
  }

  /** Adds a row to the chain that begins with an earlier one. */
  add(first: number, row: number): void {
    if (row >= this.next.length) this.next = grown(this.next, new Int32Array(Math.max(row + 1, this.next.length * 2)));
    this.next[row] = this.next[first] ?? 0;
    this.next[first] = row + 1;
  }

  /** The rows of the chain that begins with a row, that one included, in order. */
  rowsFrom(first: number): number[] {
    const rows = [first];
    for (let row = this.next[first] ?? 0; row > 0; row = this.next[row - 1] ?? 0) rows.push(row - 1);
    return rows.length > 2 ? rows.sort((a, b) => a - b) : rows;
  }
}
