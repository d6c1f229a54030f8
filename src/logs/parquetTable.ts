import { parquetMetadata, parquetSchema, type FileMetaData, type RowGroup } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { assembleNested } from 'hyparquet/src/assemble.js';
import { readColumn } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { getPhysicalColumns, getTreePath } from 'hyparquet/src/schema.js';
import { digestOf } from './textDigest';

type Parsers = typeof DEFAULT_PARSERS;
type SchemaTree = ReturnType<typeof parquetSchema>;

/** The columns of a parquet file, read on demand; the file's bytes are held meanwhile. */
export class ParquetTable {
  readonly rowCount: number;
  private readonly metadata: FileMetaData;
  private readonly schema: SchemaTree;

  /** Throws an Error when the bytes are no whole parquet file. */
  constructor(private readonly bytes: Uint8Array) {
    this.metadata = parquetMetadata(footerOf(bytes));
    this.schema = parquetSchema(this.metadata);
    this.rowCount = Number(this.metadata.num_rows);
  }

  get columns(): readonly string[] {
    return this.schema.children.map(({ element }) => element.name);
  }

  /** Whether a column holds numbers. */
  isNumeric(name: string): boolean {
    const type = this.child(name)?.element.type;
    return type === 'DOUBLE' || type === 'FLOAT' || type === 'INT64' || type === 'INT32';
  }

  /** The values of a column, null where there is none: lists and objects where it is nested, integers of 64 bits as bigint. */
  values(name: string): unknown[] {
    return this.read(name, () => DEFAULT_PARSERS);
  }

  /**
   * The same for texts of which only the length and a hash are wanted: no text is made. In a column of messages this is
   * so for all but their roles and the types of their parts.
   */
  digests(name: string): unknown[] {
    const digesting = { ...DEFAULT_PARSERS, stringFromBytes: digestOf };
    return this.read(name, (leaf) => (leaf === 'role' || leaf === 'type' ? DEFAULT_PARSERS : digesting));
  }

  private child(name: string): SchemaTree | undefined {
    return this.schema.children.find(({ element }) => element.name === name);
  }

  private read(name: string, parsersOf: (leaf: string) => Parsers): unknown[] {
    const values: unknown[] = [];
    for (const group of this.metadata.row_groups) for (const value of this.readGroup(group, name, parsersOf)) values.push(value ?? null);
    return values;
  }

  private readGroup(group: RowGroup, name: string, parsersOf: (leaf: string) => Parsers): ArrayLike<unknown> & Iterable<unknown> {
    const column = this.child(name);
    if (column === undefined) return [];
    if (column.children.length === 0) return this.readLeaf(group, [name], parsersOf(name));
    const leaves = getPhysicalColumns(column).map((path) => path.split('.'));
    const parts = new Map(leaves.map((path) => [path.join('.'), this.readLeaf(group, path, parsersOf(path.at(-1) ?? ''))]));
    assembleNested(parts, column, DEFAULT_PARSERS);
    return parts.get(name) ?? [];
  }

  /** The values of a physical column in a row group; those of a nested one in lists, as deep as it is repeated or optional. */
  private readLeaf(group: RowGroup, path: readonly string[], parsers: Parsers): unknown[] {
    const schemaPath = getTreePath(this.schema, [...path]);
    const element = schemaPath.at(-1)?.element;
    const name = path.join('.');
    const chunk = group.columns.find(({ meta_data: column }) => column?.path_in_schema.join('.') === name)?.meta_data;
    if (element === undefined || chunk === undefined) return [];
    const from = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + from, Number(chunk.total_compressed_size));
    const decoder: Parameters<typeof readColumn>[2] = { ...chunk, pathInSchema: chunk.path_in_schema, element, schemaPath, parsers, compressors };
    const rows = Number(group.num_rows);
    const { data } = readColumn({ view, offset: 0 }, { groupStart: 0, groupRows: rows, selectStart: 0, selectEnd: rows }, decoder);
    const values: unknown[] = [];
    for (const page of data) for (let row = 0; row < page.length; row++) values.push(page[row]);
    return values;
  }
}

/** The end of the file with all that it says of itself: four bytes before the last four tell how long that is. */
function footerOf(bytes: Uint8Array): ArrayBuffer {
  const lengthAt = bytes.byteLength - 8;
  const length = lengthAt < 0 ? 0 : new DataView(bytes.buffer, bytes.byteOffset + lengthAt).getUint32(0, true);
  const footer = new Uint8Array(bytes.subarray(Math.max(0, lengthAt - length)));
  return footer.buffer;
}
