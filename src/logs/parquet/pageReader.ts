import type { ColumnMetaData, DecodedArray, PageHeader, SchemaElement, SchemaTree } from 'hyparquet';
import { convert, type DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { isFlatColumn } from 'hyparquet/src/schema.js';
import type { ByteSource } from './byteSource';
import { TextDictionary, ValueDictionary, type Dictionary } from './dictionary';
import { decodePage, unpackedBytes, type DecodedPage, type Decoder } from './decodePage';
import { pageHeaderAt, valuesOf, type FoundPage } from './pageHeader';
import { freeMemory } from './pageMemory';
import type { PageRoom } from './pageRoom';
import { PlainTexts } from './plainTexts';
import { unpackers } from './unpack';

/** What the values of a physical column are made into. */
export type Parsers = typeof DEFAULT_PARSERS;

/** A physical column of a row group, and where it is read from. */
export interface Chunk {
  readonly source: ByteSource;
  readonly room: PageRoom;
  readonly metadata: ColumnMetaData;
  readonly element: SchemaElement;
  readonly schemaPath: SchemaTree[];
  readonly parsers: Parsers;
  /** Whether texts are made, which take as much as their bytes. */
  readonly makesTexts: boolean;
  /** Counts what is read and unpacked. */
  readonly onWork: (bytes: number) => void;
}

/** A page whose values are not made into anything yet. */
export interface Page extends DecodedPage {
  /** Values and nulls, each with its levels. */
  readonly count: number;
  /** Of the values to which its own refer. */
  readonly dictionary: Dictionary | null;
  /** What it is unpacked. */
  readonly bytes: number;
  /** What is taken of the room for it. */
  readonly held: number;
}

/** Of a larger dictionary what was made of the texts is not kept: of many hardly any is wanted often. */
const smallDictionary = { texts: 1 << 12, bytes: 1 << 24 };
/** What decoding takes for a value: its levels and its place in lists. */
const bytesOfValue = 32;
/** What is known of a text that lies one behind the other in a page, what a text elsewhere is looked at with, and what is made of one besides its characters. */
const bytesOfPlace = 4;
const bytesOfView = 128;
const bytesOfText = 64;

/** The name of a column as messages have it. */
export function columnName({ path_in_schema: [name = ''] }: ColumnMetaData): string {
  return `its column “${name}”`;
}

/** What hyparquet decodes a chunk by. */
export function decoderOf({ metadata, element, schemaPath, parsers }: Chunk): Decoder {
  const { path_in_schema: pathInSchema, type, codec } = metadata;
  return { pathInSchema, type, codec, element, schemaPath, parsers, compressors: unpackers };
}

/** Reads the pages of a column chunk one after another. */
export class PageReader {
  private at: number;
  private readonly end: number;
  private readonly decoder: Decoder;
  private readonly isText: boolean;
  /** Whether nothing that is made of the values refers to their bytes. */
  private readonly becomesText: boolean;
  private dictionary: Dictionary | null = null;
  private found: FoundPage | null = null;

  constructor(private readonly chunk: Chunk) {
    const { metadata, source, element } = chunk;
    const places = [metadata.dictionary_page_offset, metadata.data_page_offset].filter((place) => place !== undefined && place > 0n);
    this.at = Math.min(...places.map(Number));
    this.end = this.at + Number(metadata.total_compressed_size);
    if (!(this.at >= 0 && this.at <= this.end && this.end <= source.size)) throw new RangeError('it has less data than it declares');
    this.decoder = decoderOf(chunk);
    this.isText = metadata.type === 'BYTE_ARRAY' || metadata.type === 'FIXED_LEN_BYTE_ARRAY';
    this.becomesText = element.converted_type === 'UTF8' || element.logical_type?.type === 'STRING';
  }

  /** Passes over pages as long as all their rows are to be left out; how many rows are still to be left out. */
  skip(rows: number): number {
    let left = rows;
    for (let found = this.findPage(); found !== null; found = this.findPage()) {
      const count = this.rowsOf(found.header);
      if (count === null || count > left) return left;
      left -= count;
      this.pass(found);
    }
    return left;
  }

  /** The next page; null at the end of the chunk. Its room is to be given back. */
  next(): Page | null {
    const found = this.findPage();
    if (found === null) return null;
    this.pass(found);
    const { encoding, num_values: count } = valuesOf(found.header);
    const dictionary = encoding.endsWith('_DICTIONARY') ? this.dictionary : null;
    if (dictionary === null && encoding.endsWith('_DICTIONARY')) throw new Error(`a page of ${columnName(this.chunk.metadata)} refers to a missing dictionary`);
    const bytes = found.header.uncompressed_page_size;
    const own = dictionary === null ? this.ownBytes(encoding) : 0;
    const held = 2 * count + (dictionary === null ? bytes + own * count : 4 * count);
    const decoded = this.inRoom(found.header, { count, held, own }, () => decodePage(this.chunk.source, found, this.decoder, this.chunk.room.left));
    return { ...decoded, memory: this.becomesText ? decoded.memory : null, count, dictionary, bytes, held };
  }

  /** Gives back the room of the dictionary. */
  close(): void {
    const { dictionary } = this;
    this.dictionary = null;
    this.chunk.room.giveBack(dictionary?.held ?? 0);
    if (dictionary?.memory instanceof Uint8Array) freeMemory(dictionary.memory);
  }

  /** What a value takes besides its bytes that lies in its page. */
  private ownBytes(encoding: string): number {
    if (!this.isText) return 0;
    return encoding === 'PLAIN' && this.decoder.type === 'BYTE_ARRAY' ? bytesOfPlace : bytesOfView;
  }

  /** Does what takes room while it is done, of that `own` for each value, and `held` afterwards. */
  private inRoom<Result>(header: PageHeader, { count, held, own }: { readonly count: number; readonly held: number; readonly own: number }, act: () => Result): Result {
    const { uncompressed_page_size: unpacked, compressed_page_size: packed } = header;
    const copies = header.data_page_header_v2 === undefined ? 0 : unpacked;
    const needed = Math.max(held, packed + unpacked + copies + count * (bytesOfValue + own));
    const { room, metadata, onWork } = this.chunk;
    room.take(needed, `a page of ${columnName(metadata)}`);
    let kept = 0;
    try {
      const result = act();
      kept = held;
      return result;
    } finally {
      room.giveBack(needed - kept);
      onWork(packed + unpacked);
    }
  }

  /** How many rows a page has; null where that is only known once it is decoded. */
  private rowsOf({ data_page_header: first, data_page_header_v2: second }: PageHeader): number | null {
    return second?.num_rows ?? (isFlatColumn(this.chunk.schemaPath) ? (first?.num_values ?? null) : null);
  }

  /** The next page of values; reads the dictionary on the way. */
  private findPage(): FoundPage | null {
    // Some writers pad their chunks.
    while (this.found === null && this.at < this.end - 1) {
      const found = pageHeaderAt(this.chunk.source, this.at, this.end);
      const { type } = found.header;
      if (type === 'DICTIONARY_PAGE') this.readDictionary(found);
      if (type === 'DICTIONARY_PAGE' || type === 'INDEX_PAGE' || valuesOf(found.header).num_values === 0) this.pass(found);
      else this.found = found;
    }
    return this.found;
  }

  private pass({ header, at }: FoundPage): void {
    this.at = at + header.compressed_page_size;
    this.found = null;
  }

  private readDictionary(found: FoundPage): void {
    const { chunk, decoder } = this;
    const { num_values: count } = found.header.dictionary_page_header ?? valuesOf(found.header);
    this.close();
    const unpacked = found.header.uncompressed_page_size;
    const keeps = count <= smallDictionary.texts && (!chunk.makesTexts || unpacked <= smallDictionary.bytes);
    const own = this.ownBytes('PLAIN');
    const held = unpacked + own * count + (this.isText && keeps ? bytesOfText * count + (chunk.makesTexts ? unpacked : 0) : 0);
    this.dictionary = this.inRoom(found.header, { count, held, own }, () => {
      const bytes = unpackedBytes(chunk.source, found, decoder);
      if (decoder.type !== 'BYTE_ARRAY') return new ValueDictionary(valuesIn(bytes, count, decoder), held);
      return new TextDictionary(PlainTexts.in(bytes, 0, count), decoder, { keeps, memory: this.becomesText ? bytes : null, held });
    });
  }
}

function valuesIn(bytes: Uint8Array, count: number, decoder: Decoder): DecodedArray {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  return convert(readPlain(reader, decoder.type, count, decoder.element.type_length), decoder);
}
