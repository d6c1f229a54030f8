import { Column } from '../../core/column';
import { normaliseText } from '../../core/identity';
import { HashTable } from '../columns/hashTable';
import { hashWords, type HashWords } from '../columns/textHash';
import { RowChains } from './rowChains';

/** Texts shorter than this are not searched for inside other texts. */
const minContained = 24;
const factor = 0x01000193;
/** What the first character of `minContained` counts in their hash. */
const firstWeight = new Array<number>(minContained - 1).fill(factor).reduce(Math.imul, 1);

/** Finds texts inside others by their first characters, their lengths and their hashes; holds no text. */
export class ContainedTexts {
  /** By text the hash of its first characters, and how many it has; 0 for one that is not searched for. */
  private readonly starts = new Column(Int32Array);
  private readonly lengths = new Column(Uint32Array);
  /** Made when it is first needed: by the hash of the first characters one text of each length. */
  private byStart: { readonly texts: number; readonly first: HashTable; readonly others: RowChains } | null = null;

  /** `numberOf` gives the number of the text with a hash; -1 when there is none. */
  constructor(private readonly numberOf: (hash: HashWords) => number) {}

  /** Adds a text by the next number; null takes a number without a text. */
  push(text: string | null): void {
    const isSought = text !== null && text.length >= minContained;
    this.starts.push(isSought ? hashOfStart(text) : 0);
    this.lengths.push(isSought ? text.length : 0);
  }

  /** The number of the longest text inside a normalised one; -1 when none is. */
  longestIn(normalised: string): number {
    if (normalised.length < minContained) return -1;
    const { first, others } = this.startsOfTexts();
    let best = -1;
    let start = hashOfStart(normalised);
    for (let at = 0; ; at++) {
      const one = first.get(start, 0);
      if (one >= 0) for (const text of others.rowsFrom(one)) best = this.longerAt(normalised, at, { start, length: this.lengths.at(text), best });
      if (at + minContained >= normalised.length) return best;
      start = Math.imul(start - Math.imul(normalised.charCodeAt(at), firstWeight), factor) + normalised.charCodeAt(at + minContained);
    }
  }

  /** The text of a length that stands at a place, if it is longer than the best. */
  private longerAt(normalised: string, at: number, { start, length, best }: { readonly start: number; readonly length: number; readonly best: number }): number {
    if (best >= 0 && length <= this.lengths.at(best)) return best;
    const text = this.numberOf(hashWords(normaliseText(normalised.slice(at, at + length))));
    return text >= 0 && this.starts.at(text) === (start | 0) && this.lengths.at(text) === length ? text : best;
  }

  private startsOfTexts(): NonNullable<ContainedTexts['byStart']> {
    const texts = this.starts.length;
    if (this.byStart?.texts === texts) return this.byStart;
    const [first, others, met] = [new HashTable(), new RowChains(), new HashTable()];
    for (let text = 0; text < texts; text++) {
      const [start, length] = [this.starts.at(text), this.lengths.at(text)];
      const mixed = start ^ Math.imul(length, 0x9e3779b1);
      if (length === 0 || met.get(mixed, length) >= 0) continue;
      met.set(mixed, length, text);
      const one = first.get(start, 0);
      if (one < 0) first.set(start, 0, text);
      else others.add(one, text);
    }
    this.byStart = { texts, first, others };
    return this.byStart;
  }
}

function hashOfStart(text: string): number {
  let hash = 0;
  for (let at = 0; at < minContained; at++) hash = Math.imul(hash, factor) + text.charCodeAt(at);
  return hash | 0;
}
