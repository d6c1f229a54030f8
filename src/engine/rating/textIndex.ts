import { HashTable } from '../../logs/columns/hashTable';
import { hashOfName } from '../../logs/columns/rolloutTable';

/** From texts to small numbers, by hashes alone: the text of a number is asked for again. The first number of a text is its own. */
export class TextIndex {
  /** Twice the number, and one more where others have the same text. */
  private readonly numbers = new HashTable();
  /** Texts whose hash is that of another one. */
  private readonly others = new Map<string, number>();

  constructor(private readonly textOf: (number: number) => string | undefined) {}

  get(text: string): number | undefined {
    const found = this.find(text, hashOfName(text));
    return found === undefined ? undefined : found >> 1;
  }

  /** The number of a text that only one has. */
  getOnly(text: string): number | undefined {
    const found = this.find(text, hashOfName(text));
    return found === undefined || (found & 1) === 1 ? undefined : found >> 1;
  }

  set(text: string, number: number): void {
    const hash = hashOfName(text);
    const known = this.find(text, hash);
    this.put(text, hash, known === undefined ? number << 1 : known | 1);
  }

  /** Has a text lead to a number whose own text is another one by now. */
  setAlias(text: string, number: number): void {
    this.others.set(text, number << 1);
  }

  private find(text: string, hash: number): number | undefined {
    const other = this.others.size === 0 ? undefined : this.others.get(text);
    if (other !== undefined) return other;
    const found = this.numbers.get(lowOf(hash), highOf(hash));
    return found >= 0 && this.textOf(found >> 1) === text ? found : undefined;
  }

  private put(text: string, hash: number, value: number): void {
    const found = this.numbers.get(lowOf(hash), highOf(hash));
    if (found < 0 || found >> 1 === value >> 1) this.numbers.set(lowOf(hash), highOf(hash), value);
    else this.others.set(text, value);
  }
}

function lowOf(hash: number): number {
  return hash | 0;
}

function highOf(hash: number): number {
  return Math.floor(hash / 0x100000000);
}
