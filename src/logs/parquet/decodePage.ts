import type { DecodedArray, PageHeader } from 'hyparquet';
import { decompressPage, readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js';
import type { ByteSource } from './byteSource';
import { valuesOf, type FoundPage } from './pageHeader';
import { checkPage } from './pageCheck';
import { freeMemory } from './pageMemory';
import { readPlainTexts, type PlainTexts } from './plainTexts';

/** What hyparquet decodes a column by. */
export type Decoder = Parameters<typeof readDataPage>[2];

/** The levels and values of a page. */
export interface DecodedPage {
  /** Null where every value is there. */
  readonly definitionLevels: Uint8Array | null;
  /** Null where no value is repeated. */
  readonly repetitionLevels: Uint8Array | null;
  /** Without nulls; numbers of the dictionary's values where the page refers to it. */
  readonly values: DecodedArray | PlainTexts;
  /** The memory in which the values lie; null where they have their own. */
  readonly memory: Uint8Array | null;
}

/** What is packed into more is not kept. */
const largeBytes = 1 << 22;

/** The bytes of a page, unpacked; `levels` of them at its beginning are not packed. */
export function unpackedBytes(source: ByteSource, { header, at }: FoundPage, decoder: Decoder, levels = 0): Uint8Array {
  const { compressed_page_size: packed, uncompressed_page_size: unpacked } = header;
  const isPacked = decoder.codec !== 'UNCOMPRESSED' && header.data_page_header_v2?.is_compressed !== false;
  // What is not packed stays in use.
  const isOwn = !isPacked || packed > largeBytes;
  const bytes = isOwn ? source.read(at, packed) : source.peek(at, packed);
  if (!isPacked) return bytes;
  const values = unpack(bytes.subarray(levels), unpacked - levels, decoder);
  const page = levels === 0 ? values : new Uint8Array(unpacked);
  if (levels > 0) {
    page.set(bytes.subarray(0, levels));
    page.set(values, levels);
    freeMemory(values);
  }
  if (isOwn) freeMemory(bytes);
  return page;
}

/** Where all values are missing nothing was packed, and not every codec unpacks nothing. */
function unpack(bytes: Uint8Array, length: number, { codec, compressors }: Decoder): Uint8Array {
  return length === 0 ? new Uint8Array() : decompressPage(bytes, length, codec, compressors);
}

/** Decodes a page of values, which are not made into anything yet. Throws an Error where it would become more than `maxBytes`. */
export function decodePage(source: ByteSource, found: FoundPage, decoder: Decoder, maxBytes: number): DecodedPage {
  const { data_page_header_v2: second } = found.header;
  const levels = second === undefined ? null : ([second.repetition_levels_byte_length, second.definition_levels_byte_length] as const);
  const bytes = unpackedBytes(source, found, decoder, levels === null ? 0 : levels[0] + levels[1]);
  const { encoding, num_values: values } = valuesOf(found.header);
  const { element, type, schemaPath } = decoder;
  checkPage({ bytes, encoding, values, isBoolean: type === 'BOOLEAN', valueBytes: element.type_length, schemaPath, levels, maxBytes });
  if (encoding === 'PLAIN' && type === 'BYTE_ARRAY') return { ...readPlainTexts(bytes, values, schemaPath, levels), memory: bytes };
  const { definitionLevels, repetitionLevels, dataPage } = readValues(bytes, found.header, decoder);
  const numbers = encoding.endsWith('_DICTIONARY') ? Uint32Array.from(dataPage, Number) : null;
  if (numbers !== null) freeMemory(bytes);
  return { definitionLevels: compact(definitionLevels), repetitionLevels: compact(repetitionLevels), values: numbers ?? dataPage, memory: numbers === null ? bytes : null };
}

function readValues(bytes: Uint8Array, header: PageHeader, decoder: Decoder): ReturnType<typeof readDataPage> {
  const { data_page_header: first, data_page_header_v2: second } = header;
  if (first !== undefined) return readDataPage(bytes, first, decoder);
  // It is unpacked already.
  return readDataPageV2(bytes, second === undefined ? header : { ...header, data_page_header_v2: { ...second, is_compressed: false } }, decoder);
}

function compact(levels: readonly number[] | undefined): Uint8Array | null {
  return levels === undefined || levels.length === 0 ? null : Uint8Array.from(levels);
}
