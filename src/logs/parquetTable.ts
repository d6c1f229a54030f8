import { parquetMetadata, parquetSchema, type FileMetaData, type RowGroup } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { readColumn } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { getTreePath, isFlatColumn } from 'hyparquet/src/schema.js';

/** What is kept of a text that is only measured and compared. */
export interface TextDigest {
  /** Code points. */
  readonly length: number;
  readonly hash: number;
}

/** The flat columns of a parquet file, read on demand; the file's bytes are held meanwhile. */
export class ParquetTable {
  readonly rowCount: number;
  private readonly metadata: FileMetaData;
  private readonly schema: ReturnType<typeof parquetSchema>;

  /** Throws an Error when the bytes are no whole parquet file. */
  constructor(private readonly bytes: Uint8Array) {
    this.metadata = parquetMetadata(footerOf(bytes));
    this.schema = parquetSchema(this.metadata);
    this.rowCount = Number(this.metadata.num_rows);
  }

  /** The names of the columns that hold one value a row. */
  get columns(): readonly string[] {
    return this.schema.children.filter((child) => child.children.length === 0 && isFlatColumn([this.schema, child])).map(({ element }) => element.name);
  }

  /** Whether a column holds numbers. */
  isNumeric(name: string): boolean {
    const { element } = this.schema.children.find((child) => child.element.name === name) ?? {};
    return element?.type === 'DOUBLE' || element?.type === 'FLOAT' || element?.type === 'INT64' || element?.type === 'INT32';
  }

  /** The values of a column, null where there is none; integers of 64 bits as bigint. */
  values(name: string): unknown[] {
    return this.read(name, DEFAULT_PARSERS);
  }

  /** The same for texts of which only the length and a hash are wanted: no text is made. */
  digests(name: string): unknown[] {
    return this.read(name, { ...DEFAULT_PARSERS, stringFromBytes: digestOf });
  }

  /** One value of a column; null where there is none. */
  value(name: string, row: number): unknown {
    let before = 0;
    for (const group of this.metadata.row_groups) {
      const rows = Number(group.num_rows);
      if (row < before + rows) return this.readGroup(group, name, { parsers: DEFAULT_PARSERS, start: row - before, end: row - before + 1 })[0] ?? null;
      before += rows;
    }
    return null;
  }

  private read(name: string, parsers: typeof DEFAULT_PARSERS): unknown[] {
    const values: unknown[] = [];
    for (const group of this.metadata.row_groups) {
      for (const value of this.readGroup(group, name, { parsers, start: 0, end: Number(group.num_rows) })) values.push(value ?? null);
    }
    return values;
  }

  /** The values of some rows of a row group. */
  private readGroup(group: RowGroup, name: string, { parsers, start, end }: { readonly parsers: typeof DEFAULT_PARSERS; readonly start: number; readonly end: number }): unknown[] {
    const path = getTreePath(this.schema, [name]);
    const element = path.at(-1)?.element;
    const chunk = group.columns.find(({ meta_data: column }) => column?.path_in_schema.join('.') === name)?.meta_data;
    if (element === undefined || chunk === undefined) return [];
    const from = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + from, Number(chunk.total_compressed_size));
    const decoder: Parameters<typeof readColumn>[2] = { ...chunk, pathInSchema: chunk.path_in_schema, element, schemaPath: path, parsers, compressors };
    const { data, skipped } = readColumn({ view, offset: 0 }, { groupStart: 0, groupRows: Number(group.num_rows), selectStart: start, selectEnd: end }, decoder);
    const values: unknown[] = [];
    for (const page of data) for (let row = 0; row < page.length; row++) values.push(page[row]);
    return values.slice(start - skipped, end - skipped);
  }
}

/** The end of the file with all that it says of itself: four bytes before the last four tell how long that is. */
function footerOf(bytes: Uint8Array): ArrayBuffer {
  const lengthAt = bytes.byteLength - 8;
  const length = lengthAt < 0 ? 0 : new DataView(bytes.buffer, bytes.byteOffset + lengthAt).getUint32(0, true);
  const footer = new Uint8Array(bytes.subarray(Math.max(0, lengthAt - length)));
  return footer.buffer;
}

/** Code points (bytes that do not continue one) and FNV-1a of UTF-8 bytes. */
function digestOf(bytes: Uint8Array): TextDigest {
  let length = 0;
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if ((byte & 0xc0) !== 0x80) length++;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return { length, hash: hash >>> 0 };
}
