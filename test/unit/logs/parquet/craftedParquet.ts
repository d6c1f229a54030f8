/** A field of a structure in Thrift's compact protocol: its number, type and bytes. */
type Field = readonly [id: number, type: number, bytes: Buffer];

/** A page of a crafted file, with what it says of itself. */
export interface CraftedPage {
  readonly body: Buffer;
  readonly values: number;
  readonly encoding?: number;
  readonly isDictionary?: boolean;
  /** What it says that it is unpacked and packed; in truth it is as long as its body. */
  readonly unpacked?: number;
  readonly packed?: number;
}

/** A column of a crafted file: required texts or floating point numbers, or in each row a list of them. */
export interface CraftedColumn {
  readonly name: string;
  readonly type: 'text' | 'number';
  readonly pages: readonly CraftedPage[];
  readonly codec?: number;
  readonly isRepeated?: boolean;
}

const [i32, i64, binary, list, struct] = [5, 6, 8, 9, 12];

/** The numbers by which pages say how their values are encoded. */
export const encodings = { plain: 0, deltaByteArray: 7, dictionary: 8 } as const;

/** A page of texts as they are. */
export function textPage(...texts: readonly string[]): CraftedPage {
  const body = Buffer.concat(texts.flatMap((text) => [word(Buffer.byteLength(text)), Buffer.from(text)]));
  return { body, values: texts.length };
}

/** A page of a repeated column: for each text whether it goes on the list of the text before, which may stand in another page. */
export function repeatedPage(texts: Readonly<Record<string, boolean>>): CraftedPage {
  const runs = (levels: readonly number[]): Buffer => Buffer.concat(levels.map((level) => Buffer.from([1 << 1, level])));
  const levels = [Object.values(texts).map(Number), Object.values(texts).map(() => 1)].map(runs);
  const values = textPage(...Object.keys(texts));
  return { ...values, body: Buffer.concat([...levels.flatMap((each) => [word(each.length), each]), values.body]) };
}

/** A page of numbers as they are. */
export function numberPage(...numbers: readonly number[]): CraftedPage {
  return { body: Buffer.from(Float64Array.from(numbers).buffer), values: numbers.length };
}

/** A parquet file that may say of itself what is not so. */
export function craftedFile(columns: readonly CraftedColumn[], rows: number, claimedColumns = columns.length): Buffer {
  const parts = [Buffer.from('PAR1')];
  const chunks = columns.map((column) => {
    const at = parts.reduce((sum, part) => sum + part.length, 0);
    const pages = Buffer.concat(column.pages.flatMap((page) => [pageHeader(page), page.body]));
    parts.push(pages);
    return chunkOf(column, at, pages.length);
  });
  const schema = [structure([4, binary, sized(Buffer.from('root'))], [5, i32, zigzag(claimedColumns)]), ...columns.flatMap(schemaOf)];
  const group = structure([1, list, listOf(struct, chunks)], [2, i64, zigzag(0)], [3, i64, zigzag(rows)]);
  const footer = structure([1, i32, zigzag(1)], [2, list, listOf(struct, schema)], [3, i64, zigzag(rows)], [4, list, listOf(struct, [group])]);
  return Buffer.concat([...parts, withEnd(footer)]);
}

/** A footer with the end of a file. */
export function withEnd(footer: Buffer): Buffer {
  return Buffer.concat([footer, word(footer.length), Buffer.from('PAR1')]);
}

/** A number as parquet and Thrift write lengths. */
export function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left]);
    bytes.push((left % 128) + 128);
  }
}

/** A number that may be negative. */
export function zigzag(value: number): Buffer {
  return varint(value < 0 ? -2 * value - 1 : 2 * value);
}

function schemaOf({ name, type, isRepeated = false }: CraftedColumn): readonly Buffer[] {
  const kind: Field = [1, i32, zigzag(type === 'text' ? 6 : 5)];
  const fields = (each: string, repetition: number): Field[] => [[3, i32, zigzag(repetition)], [4, binary, sized(Buffer.from(each))]];
  const leaf = (each: string): Buffer => structure(kind, ...fields(each, 0), ...(type === 'text' ? [[6, i32, zigzag(0)] as const] : []));
  if (!isRepeated) return [leaf(name)];
  const oneChild: Field = [5, i32, zigzag(1)];
  return [structure(...fields(name, 0), oneChild, [6, i32, zigzag(3)]), structure(...fields('list', 2), oneChild), leaf('element')];
}

function chunkOf({ name, type, pages, codec = 0, isRepeated = false }: CraftedColumn, at: number, length: number): Buffer {
  const values = pages.reduce((sum, page) => sum + (page.isDictionary === true ? 0 : page.values), 0);
  const metadata = structure(
    [1, i32, zigzag(type === 'text' ? 6 : 5)],
    [2, list, listOf(i32, [zigzag(0)])],
    [3, list, listOf(binary, (isRepeated ? [name, 'list', 'element'] : [name]).map((each) => sized(Buffer.from(each))))],
    [4, i32, zigzag(codec)],
    [5, i64, zigzag(values)],
    [6, i64, zigzag(length)],
    [7, i64, zigzag(length)],
    [9, i64, zigzag(at)],
  );
  return structure([2, i64, zigzag(at)], [3, struct, metadata]);
}

function pageHeader({ body, values, encoding = encodings.plain, isDictionary = false, unpacked = body.length, packed = body.length }: CraftedPage): Buffer {
  const data: readonly Field[] = [[1, i32, zigzag(values)], [2, i32, zigzag(encoding)]];
  const levels: readonly Field[] = isDictionary ? [] : [[3, i32, zigzag(3)], [4, i32, zigzag(3)]];
  return structure([1, i32, zigzag(isDictionary ? 2 : 0)], [2, i32, zigzag(unpacked)], [3, i32, zigzag(packed)], [isDictionary ? 7 : 5, struct, structure(...data, ...levels)]);
}

function structure(...fields: readonly Field[]): Buffer {
  let last = 0;
  const parts = fields.flatMap(([id, type, bytes]) => {
    const head = Buffer.from([((id - last) << 4) | type]);
    last = id;
    return [head, bytes];
  });
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function listOf(type: number, members: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([0xf0 | type]), varint(members.length), ...members]);
}

function sized(bytes: Buffer): Buffer {
  return Buffer.concat([varint(bytes.length), bytes]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
