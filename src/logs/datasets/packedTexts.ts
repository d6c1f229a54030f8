import { Column } from '../../core/column';
import { RowTable } from './rowTable';

const wideUnit = /[^\u0000-\u00ff]/;

/** Short texts by number, one behind the other in one piece of memory, and their numbers by text. None is empty; numbers after the last text take no memory. */
export class PackedTexts {
  private bytes = Buffer.alloc(0);
  /** By text, twice the place where it ends, and one more where its characters take two bytes. */
  private readonly ends = new Column(Float64Array);
  private readonly hashes = new Column(Int32Array);
  private readonly numbers = new RowTable((number) => this.hashes.at(number));

  /** Gives a number after all that have one a text; returns the first number of the text. */
  add(number: number, text: string): number {
    const hash = hashOf(text);
    const known = this.find(text, hash);
    while (this.ends.length < number) this.append('', 0);
    this.append(text, hash);
    if (known >= 0) return known;
    this.numbers.add(number);
    return number;
  }

  /** The text of a number; null where it has none. */
  at(number: number): string | null {
    const [start, end] = [this.endOf(number - 1), this.endOf(number)];
    return end <= start ? null : this.bytes.toString(this.ends.at(number) % 2 === 1 ? 'utf16le' : 'latin1', start, end);
  }

  /** The first number of a text; -1 when it is unknown. */
  numberOf(text: string): number {
    return this.find(text, hashOf(text));
  }

  private find(text: string, hash: number): number {
    return this.numbers.find(hash, (number) => this.hashes.at(number) === hash && this.at(number) === text);
  }

  private append(text: string, hash: number): void {
    // Neither spelling changes a text, not even one with half a surrogate pair.
    const isWide = wideUnit.test(text);
    const start = this.endOf(this.ends.length - 1);
    const end = start + text.length * (isWide ? 2 : 1);
    this.makeRoom(end);
    this.bytes.write(text, start, isWide ? 'utf16le' : 'latin1');
    this.ends.push(end * 2 + Number(isWide));
    this.hashes.push(hash);
  }

  private endOf(number: number): number {
    return number < 0 ? 0 : Math.floor(this.ends.at(number) / 2);
  }

  private makeRoom(bytes: number): void {
    if (bytes <= this.bytes.length) return;
    const larger = Buffer.from(new ArrayBuffer(Math.max(bytes, 1 << 12, Math.ceil(this.bytes.length * 1.5))));
    this.bytes.copy(larger);
    this.bytes = larger;
  }
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
