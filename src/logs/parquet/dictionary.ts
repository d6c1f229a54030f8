import type { DecodedArray } from 'hyparquet';
import { convert } from 'hyparquet/src/convert.js';
import type { Decoder } from './decodePage';
import type { PlainTexts } from './plainTexts';

/** The values to which pages of a chunk refer by their numbers. */
export interface Dictionary {
  /** What a value is made into. */
  at(number: number): unknown;
  /** The memory in which the values lie; null where they have their own. */
  readonly memory: Uint8Array | null;
  /** What is taken of the room for it. */
  readonly held: number;
}

/** Texts that are made into something when they are asked for: mostly few of them are, where only some rows are wanted. */
export class TextDictionary implements Dictionary {
  private readonly made: unknown[] | null;

  /** `keeps`: whether what was made of a text serves all rows that refer to it. */
  constructor(
    private readonly texts: PlainTexts,
    private readonly decoder: Decoder,
    { keeps, memory, held }: { readonly keeps: boolean } & Pick<Dictionary, 'memory' | 'held'>,
  ) {
    this.made = keeps ? new Array<unknown>(texts.length) : null;
    this.memory = memory;
    this.held = held;
  }

  readonly memory: Uint8Array | null;
  readonly held: number;

  at(number: number): unknown {
    const { made } = this;
    if (made === null || number >= made.length) return this.make(number);
    return (made[number] ??= this.make(number));
  }

  private make(number: number): unknown {
    const values: ArrayLike<unknown> = convert(this.texts.slice(number, number + 1), this.decoder);
    return values[0];
  }
}

/** Values of which there are few, or that take little. */
export class ValueDictionary implements Dictionary {
  readonly memory = null;

  constructor(
    private readonly values: DecodedArray,
    readonly held: number,
  ) {}

  at(number: number): unknown {
    return this.values.at(number);
  }
}
