import type { SchemaTree } from 'hyparquet';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from 'hyparquet/src/schema.js';
import { readVarInt } from 'hyparquet/src/thrift.js';

interface Reader {
  readonly view: DataView;
  offset: number;
}

/** What is checked of a page. */
export interface UncheckedPage {
  /** Unpacked. */
  readonly bytes: Uint8Array;
  readonly encoding: string;
  readonly values: number;
  readonly isBoolean: boolean;
  readonly valueBytes: number | undefined;
  readonly schemaPath: SchemaTree[];
  /** Where the levels end; null where each level's runs begin with their length, as in pages of the first version. */
  readonly levels: readonly [repetition: number, definition: number] | null;
  readonly maxBytes: number;
}

/**
 * Throws where a page of a few bytes would be decoded to far more than the values that it says it has: by runs that are
 * longer than that, or by texts that repeat one another.
 */
export function checkPage(page: UncheckedPage): void {
  const { bytes, schemaPath, levels, values } = page;
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const [repetition, definition] = [getMaxRepetitionLevel(schemaPath), getMaxDefinitionLevel(schemaPath)];
  if (repetition > 0) checkRuns(reader, { width: bitsOf(repetition), values, length: levels?.[0] });
  else reader.offset += levels?.[0] ?? 0;
  const levelsAt = reader.offset;
  if (definition > 0) checkRuns(reader, { width: bitsOf(definition), values, length: levels?.[1] });
  else reader.offset += levels?.[1] ?? 0;
  if (page.encoding === 'DELTA_BYTE_ARRAY') checkTexts(reader, presentOf(page, { view: reader.view, offset: levelsAt }, definition), page.maxBytes);
  else checkValues(reader, page);
}

function checkValues(reader: Reader, { encoding, isBoolean, values, valueBytes, maxBytes }: UncheckedPage): void {
  if (encoding.endsWith('_DICTIONARY')) {
    const width = reader.view.byteLength > reader.offset ? reader.view.getUint8(reader.offset++) : 0;
    if (width > 32) throw new Error('one of its pages is damaged');
    checkRuns(reader, { width, values, length: reader.view.byteLength - reader.offset });
  } else if (encoding === 'RLE') {
    if (!isBoolean) throw new Error('one of its pages has an encoding that does not fit its values');
    checkRuns(reader, { width: 1, values, length: undefined });
  } else if (encoding === 'BYTE_STREAM_SPLIT') {
    if (values * (valueBytes ?? 8) > maxBytes) throw new Error('one of its pages has fewer values than it declares');
  }
}

/** How many of a page's values are no nulls. */
function presentOf({ values, levels }: UncheckedPage, reader: Reader, definition: number): number {
  if (definition === 0) return values;
  const found = new Array<number>(values);
  readRleBitPackedHybrid(reader, bitsOf(definition), found, levels?.[1]);
  return found.reduce((present, level) => present + Number(level === definition), 0);
}

function bitsOf(level: number): number {
  return 32 - Math.clz32(level);
}

/** Goes through runs of numbers; `length` undefined: four bytes before them tell how long they are. */
function checkRuns(reader: Reader, { width, values, length }: { readonly width: number; readonly values: number; readonly length: number | undefined }): void {
  const bytes = length ?? reader.view.getUint32((reader.offset += 4) - 4, true);
  const end = Math.min(reader.view.byteLength, reader.offset + bytes);
  for (let seen = 0; seen < values && reader.offset < end; ) {
    const header = readVarInt(reader);
    const count = header & 1 ? (header >>> 1) * 8 : header >>> 1;
    // Packed numbers come in eights, of which the last ones may be none.
    if (header < 0 || count > values + 512) throw new Error('one of its pages has runs longer than its values');
    seen += count;
    reader.offset += header & 1 ? (count / 8) * width : (width + 7) >> 3;
  }
  reader.offset = end;
}

/** Texts of which each repeats the beginning of the one before. */
function checkTexts(reader: Reader, texts: number, maxBytes: number): void {
  const lengths = new Int32Array(texts);
  const sumOfLengths = (): number => {
    if (texts > 0) deltaBinaryUnpack(reader, texts, lengths);
    return lengths.reduce((sum, length) => sum + (length < 0 ? Infinity : length), 0);
  };
  // What each repeats, then what it has of its own.
  if (sumOfLengths() + sumOfLengths() > maxBytes) throw new Error('one of its pages has more text than the limit');
}
