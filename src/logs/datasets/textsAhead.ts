import { Column } from '../../core/column';
import { countBefore } from '../../core/ordered';
import type { ShownTexts } from './datasetColumns';

const bytesOfUnit = 2;

/** Texts of rows that were read before they are asked for, packed: many strings would stay in memory long after they are let go. */
export class TextsAhead {
  /** UTF-16 units that are held. */
  units = 0;
  private bytes = Buffer.alloc(0);
  private readonly rows = new Column(Int32Array);
  /** For each row where its preview ends and its answer. */
  private readonly ends = new Column(Float64Array);

  /** Adds a row after those before it in the file. */
  add(row: number, { preview, answer }: ShownTexts): void {
    this.rows.push(row);
    for (const text of [preview, answer]) this.append(text);
  }

  /** The texts of a row; null where they are not held. */
  at(row: number): ShownTexts | null {
    const place = countBefore(this.rows.length, (at) => this.rows.at(at) < row);
    if (place >= this.rows.length || this.rows.at(place) !== row) return null;
    return { preview: this.text(2 * place), answer: this.text(2 * place + 1) };
  }

  /** Forgets all; the memory serves the next ones. */
  clear(): void {
    this.units = 0;
    this.rows.truncate(0);
    this.ends.truncate(0);
  }

  private append(text: string): void {
    const end = (this.units + text.length) * bytesOfUnit;
    if (end > this.bytes.length) {
      const larger = Buffer.from(new ArrayBuffer(Math.max(end, 2 * this.bytes.length)));
      this.bytes.copy(larger);
      this.bytes = larger;
    }
    this.bytes.write(text, this.units * bytesOfUnit, 'utf16le');
    this.units += text.length;
    this.ends.push(this.units);
  }

  private text(number: number): string {
    const start = number === 0 ? 0 : this.ends.at(number - 1);
    return this.bytes.toString('utf16le', start * bytesOfUnit, this.ends.at(number) * bytesOfUnit);
  }
}
