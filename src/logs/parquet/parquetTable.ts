import { parquetMetadata, parquetSchema, type FileMetaData, type RowGroup } from 'hyparquet';
import { assembleNested } from 'hyparquet/src/assemble.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { getPhysicalColumns, getTreePath } from 'hyparquet/src/schema.js';
import { digestOf } from '../columns/textDigest';
import type { ByteSource } from './byteSource';
import { bytesOfRow, LeafCursor } from './leafCursor';
import type { Parsers } from './pageReader';
import { PageRoom } from './pageRoom';
import { checkThrift } from './thriftCheck';

type SchemaTree = ReturnType<typeof parquetSchema>;

/**
 * What a column's values are made into, null where there is none. `values`: lists and objects where it is nested,
 * integers of 64 bits as bigint. `digests`: the same for texts of which only the length and a hash are wanted: no text
 * is made. In a column of messages this is so for all but their roles and the types of their parts.
 */
export type ColumnKind = 'values' | 'digests';

/** The columns that are wanted, by their names; of one of objects perhaps only some members, as values. */
export type WantedColumns = ReadonlyMap<string, ColumnKind | readonly string[]>;

/** Some rows, column by column. */
export interface RowBatch {
  /** The number of the first one. */
  readonly start: number;
  readonly length: number;
  /** The values of a column; none where it was not asked for. */
  readonly column: (name: string) => readonly unknown[];
}

interface ColumnCursor {
  readonly name: string;
  readonly leaves: readonly { readonly path: string; readonly cursor: LeafCursor }[];
  readonly column: SchemaTree;
}

/** A longer footer is not read: what it is made into takes several times as much. */
const maxFooterBytes = 1 << 24;

/** The columns of a parquet file, read a few rows at a time; little more than one page of each is held meanwhile. */
export class ParquetTable {
  /** What was done so far and what there is to do, in bytes that are read, unpacked and looked at. */
  private work = 0;
  private planned = 1;
  private readonly metadata: FileMetaData;
  private readonly schema: SchemaTree;
  private readonly room: PageRoom;

  /** Throws an Error when the bytes are no whole parquet file; `room` is what may be held of its pages. */
  constructor(
    private readonly source: ByteSource,
    room?: number,
  ) {
    // What makes columns of places on the earth counts as far as a damaged schema says.
    this.metadata = parquetMetadata(footerOf(source), { geoparquet: false });
    this.schema = parquetSchema(this.metadata);
    this.room = new PageRoom(room);
  }

  get columns(): readonly string[] {
    return this.schema.children.map(({ element }) => element.name);
  }

  /** Whether a column holds numbers. */
  isNumeric(name: string): boolean {
    const type = this.child(name)?.element.type;
    return type === 'DOUBLE' || type === 'FLOAT' || type === 'INT64' || type === 'INT32';
  }

  /** Whether those are floating-point numbers. */
  isFloat(name: string): boolean {
    const type = this.child(name)?.element.type;
    return type === 'DOUBLE' || type === 'FLOAT';
  }

  /** How far the reading of batches has come; it is at its end when they are. */
  get progress(): { readonly read: number; readonly size: number } {
    return { read: Math.min(this.work, this.planned - 1), size: this.planned };
  }

  /** Columns from a row on, by their names. Throws an Error where the file is damaged or would take too much memory. */
  *batches(wanted: WantedColumns, from = 0): Generator<RowBatch> {
    this.work = 0;
    this.planned = 1 + this.workOf(wanted);
    let start = 0;
    for (const group of this.metadata.row_groups) {
      const rows = Number(group.num_rows);
      const skipped = Math.max(0, Math.min(rows, from - start));
      if (skipped < rows) yield* this.batchesOf(group, wanted, { start, skipped, rows });
      start += rows;
    }
  }

  private *batchesOf(group: RowGroup, wanted: WantedColumns, { start, skipped, rows }: { readonly start: number; readonly skipped: number; readonly rows: number }): Generator<RowBatch> {
    const cursors = [...wanted].flatMap(([name, kind]) => this.openColumn(group, name, kind) ?? []);
    const leaves = cursors.flatMap((cursor) => cursor.leaves.map(({ cursor: leaf }) => leaf));
    if (leaves.length === 0) return;
    try {
      for (const leaf of leaves) leaf.skip(skipped);
      for (let row = skipped; row < rows; ) {
        const length = leaves.reduce((least, leaf) => Math.min(least, leaf.available()), rows - row);
        if (length === 0) throw new Error('one of its columns has fewer rows than the file declares');
        const read = new Map(cursors.map((cursor) => [cursor.name, takeRows(cursor, length)]));
        yield { start: start + row, length, column: (name) => read.get(name) ?? [] };
        row += length;
      }
    } finally {
      for (const leaf of leaves) leaf.close();
    }
  }

  private workOf(wanted: WantedColumns): number {
    const chunks = this.metadata.row_groups.flatMap(({ columns }) => columns.flatMap(({ meta_data: chunk }) => chunk ?? []));
    const read = chunks.filter(({ path_in_schema: [name = ''] }) => wanted.has(name));
    return read.reduce((sum, chunk) => sum + 2 * Number(chunk.total_uncompressed_size) + Number(chunk.total_compressed_size) + bytesOfRow * Number(chunk.num_values), 0);
  }

  private child(name: string): SchemaTree | undefined {
    return this.schema.children.find(({ element }) => element.name === name);
  }

  private openColumn(group: RowGroup, name: string, wanted: ColumnKind | readonly string[]): ColumnCursor | null {
    const whole = this.child(name);
    if (whole === undefined) return null;
    const column = typeof wanted === 'string' ? whole : withMembers(whole, wanted);
    const kind = typeof wanted === 'string' ? wanted : 'values';
    const paths = column.children.length === 0 ? [[name]] : getPhysicalColumns(column).map((path) => path.split('.'));
    return { name, column, leaves: paths.map((path) => ({ path: path.join('.'), cursor: this.openLeaf(group, path, kind) })) };
  }

  private openLeaf(group: RowGroup, path: readonly string[], kind: ColumnKind): LeafCursor {
    const schemaPath = getTreePath(this.schema, [...path]);
    const element = schemaPath.at(-1)?.element;
    const name = path.join('.');
    const metadata = group.columns.find(({ meta_data: column }) => column?.path_in_schema.join('.') === name)?.meta_data;
    if (element === undefined || metadata === undefined) throw new Error(`its column “${name}” is not where its footer says`);
    const makesTexts = kind === 'values' || ['role', 'type'].includes(path.at(-1) ?? '');
    const { source, room } = this;
    return new LeafCursor({ source, room, metadata, element, schemaPath, parsers: makesTexts ? DEFAULT_PARSERS : digesting, makesTexts, onWork: (bytes) => (this.work += bytes) });
  }
}

const digesting: Parsers = { ...DEFAULT_PARSERS, stringFromBytes: digestOf };

/** A column of objects with only some of their members; as it is where it has none of them, or is no such column. */
function withMembers(column: SchemaTree, names: readonly string[]): SchemaTree {
  const children = column.children.filter(({ element }) => names.includes(element.name));
  return children.length === 0 ? column : { ...column, children };
}

function takeRows({ name, leaves, column }: ColumnCursor, rows: number): readonly unknown[] {
  const parts = new Map(leaves.map(({ path, cursor }) => [path, cursor.take(rows)]));
  if (column.children.length > 0) assembleNested(parts, column, DEFAULT_PARSERS);
  return (parts.get(name) ?? []).map((value) => value ?? null);
}

/** The end of the file with all that it says of itself: four bytes before the last four tell how long that is. */
function footerOf(source: ByteSource): Uint8Array {
  const lengthAt = source.size - 8;
  const tail = source.read(Math.max(0, lengthAt), Math.min(source.size, 8));
  const length = lengthAt < 0 ? 0 : new DataView(tail.buffer, tail.byteOffset).getUint32(0, true);
  if (lengthAt >= 0 && length > lengthAt) throw new Error('it is cut off, or its footer is damaged');
  if (length > maxFooterBytes) throw new Error(`its footer takes ${Math.ceil(length / 1e6)} MB, and the limit is 16 MB: write it with larger row groups`);
  const footer = source.read(lengthAt < 0 ? 0 : lengthAt - length, lengthAt < 0 ? source.size : length + 8);
  if (length > 0) checkThrift(new DataView(footer.buffer, footer.byteOffset, length));
  return footer;
}
