import type { SchemaTree } from 'hyparquet';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from 'hyparquet/src/schema.js';

const bytesOfLength = 4;

/** Texts that lie in a page one behind the other, each after its length; views of all at once would take several times their bytes. */
export class PlainTexts {
  private constructor(
    private readonly bytes: Uint8Array,
    /** Where each begins, and where one more would. */
    private readonly starts: Uint32Array,
  ) {}

  /** The texts from a place in a page on. Throws a RangeError where there are not so many. */
  static in(bytes: Uint8Array, at: number, count: number): PlainTexts {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const starts = new Uint32Array(count + 1);
    let start = at + bytesOfLength;
    for (let text = 0; text < count; text++) {
      starts[text] = start;
      start += view.getUint32(start - bytesOfLength, true) + bytesOfLength;
    }
    if (start - bytesOfLength > bytes.length) throw new RangeError('it has less data than it declares');
    starts[count] = start;
    return new PlainTexts(bytes, starts);
  }

  get length(): number {
    return this.starts.length - 1;
  }

  /** A view of one of them; undefined where there is none. */
  at(text: number): Uint8Array | undefined {
    const [start, next] = [this.starts[text], this.starts[text + 1]];
    if (start === undefined || next === undefined) return undefined;
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + start, next - bytesOfLength - start);
  }

  /** Views of some of them. */
  slice(from: number, to: number): Uint8Array[] {
    const views: Uint8Array[] = [];
    for (let text = from; text < to; text++) {
      const view = this.at(text);
      if (view !== undefined) views.push(view);
    }
    return views;
  }
}

/** Where the levels of a page of the second version end; null where each level's runs begin with their length. */
export type LevelLengths = readonly [repetition: number, definition: number] | null;

/** The levels of a page, null where each would be the same, and its values, which are texts. */
export function readPlainTexts(bytes: Uint8Array, count: number, schemaPath: SchemaTree[], lengths: LevelLengths): { readonly repetitionLevels: Uint8Array | null; readonly definitionLevels: Uint8Array | null; readonly values: PlainTexts } {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const [repetition, definition] = [getMaxRepetitionLevel(schemaPath), getMaxDefinitionLevel(schemaPath)];
  const read = (most: number, length: number | undefined): Uint8Array | null => {
    const levels = most === 0 ? null : new Uint8Array(count);
    if (levels !== null) readRleBitPackedHybrid(reader, 32 - Math.clz32(most), levels, length);
    else reader.offset += length ?? 0;
    return levels;
  };
  const repetitionLevels = read(repetition, lengths?.[0]);
  const levels = read(definition, lengths?.[1]);
  const present = levels?.reduce((sum, level) => sum + Number(level === definition), 0) ?? count;
  return { repetitionLevels, definitionLevels: present === count ? null : levels, values: PlainTexts.in(bytes, reader.offset, present) };
}
