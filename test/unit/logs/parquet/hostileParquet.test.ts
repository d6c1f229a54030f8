import assert from 'node:assert/strict';
import { HeldBytes } from '../../../../src/logs/parquet/byteSource';
import { ParquetTable } from '../../../../src/logs/parquet/parquetTable';
import { craftedFile, encodings, numberPage, repeatedPage, textPage, varint, withEnd, zigzag, type CraftedColumn, type CraftedPage } from './craftedParquet';

const snappy = 1;

function valuesOf(file: Buffer, from = 0): readonly unknown[] {
  return [...new ParquetTable(new HeldBytes(file)).batches(new Map([['text', 'values']]), from)].flatMap(({ column }) => column('text'));
}

function textColumn(...pages: readonly CraftedPage[]): CraftedColumn {
  return { name: 'text', type: 'text', pages };
}

/** A page of numbers of a dictionary's values. */
function referring(values: number, ...runs: readonly Buffer[]): CraftedPage {
  return { body: Buffer.concat([Buffer.from([1]), ...runs]), values, encoding: encodings.dictionary };
}

const dictionary: CraftedPage = { ...textPage('yes', 'no'), isDictionary: true };

describe('a crafted parquet file', () => {
  it('that says what is so is read', () => {
    assert.deepEqual(valuesOf(craftedFile([textColumn(textPage('a', 'b'), textPage('c'))], 3)), ['a', 'b', 'c']);
    // A run of three, then three bits: the second of them is set.
    const page = referring(6, Buffer.from([3 << 1, 1]), Buffer.from([(1 << 1) | 1, 0b010]));
    assert.deepEqual(valuesOf(craftedFile([textColumn(dictionary, page)], 6)), ['no', 'no', 'no', 'yes', 'no', 'yes']);
  });

  it('is read from any row on where a row goes on over several pages', () => {
    const pages = [{ a: false, b: true }, { c: true, d: true }, { e: true, f: false }, { g: true, h: false }].map(repeatedPage);
    const file = craftedFile([{ ...textColumn(...pages), isRepeated: true }], 3);
    const rows = [['a', 'b', 'c', 'd', 'e'], ['f', 'g'], ['h']];
    for (let from = 0; from <= rows.length; from++) assert.deepEqual(valuesOf(file, from), rows.slice(from));
  });

  it('has the texts of a dictionary that is too large to keep what was made of them', () => {
    const texts = Array.from({ length: 5000 }, (_, number) => `text ${number}`);
    // Numbers of sixteen bits, eight at a time.
    const numbers = Uint16Array.from({ length: 5000 }, (_, at) => (at * 7) % 5000);
    const page = { body: Buffer.concat([Buffer.from([16]), varint((625 << 1) | 1), Buffer.from(numbers.buffer)]), values: 5000, encoding: encodings.dictionary };
    const file = craftedFile([textColumn({ ...textPage(...texts), isDictionary: true }, page)], 5000);
    assert.deepEqual(valuesOf(file), Array.from(numbers, (number) => texts[number]));
  });

  it('of which a page has very many short texts is read in little more room than they take', () => {
    const texts = Array.from({ length: 5000 }, (_, number) => String(number));
    const table = new ParquetTable(new HeldBytes(craftedFile([textColumn(textPage(...texts))], 5000)), 300_000);
    assert.deepEqual([...table.batches(new Map([['text', 'values']]))].flatMap(({ column }) => column('text')), texts);
  });

  it('of which a page says that it unpacks to two gigabytes is refused, with what to do', () => {
    const file = craftedFile([{ ...textColumn({ ...textPage('a'), unpacked: 2 ** 31 - 1 }), codec: snappy }], 1);
    assert.throws(() => valuesOf(file), /a page of its column “text” needs 2148 MB of memory, .*smaller row groups/);
  });

  it('of which a page says that it unpacks to four gigabytes, or to less than nothing, is not read', () => {
    for (const unpacked of [2 ** 32 - 1, -5]) assert.throws(() => valuesOf(craftedFile([textColumn({ ...textPage('a'), unpacked })], 1)), /cut off or damaged|smaller row groups/);
  });

  it('of which a page says that it goes on beyond its column is cut short', () => {
    assert.throws(() => valuesOf(craftedFile([textColumn({ ...textPage('a'), packed: 1 << 20 })], 1)), /cut off or damaged/);
  });

  it('of which a page says that it has two thousand million values is refused', () => {
    const page = { ...referring(2 ** 31 - 1, varint(2 ** 30)), values: 2 ** 31 - 1 };
    assert.throws(() => valuesOf(craftedFile([textColumn(dictionary, page)], 1)), /needs .* of memory/);
  });

  it('of which a page has a run of far more values than it says is damaged', () => {
    assert.throws(() => valuesOf(craftedFile([textColumn(dictionary, referring(4, varint(2 ** 29), Buffer.from([1])))], 4)), /runs longer than its values/);
  });

  it('of which the texts of a page repeat one another without end is damaged', () => {
    const lengths = (first: number): Buffer => Buffer.concat([varint(128), varint(4), varint(2), zigzag(first), zigzag(0), Buffer.alloc(4)]);
    const page = { body: Buffer.concat([lengths(5e8), lengths(0)]), values: 2, encoding: encodings.deltaByteArray };
    assert.throws(() => valuesOf(craftedFile([textColumn(page)], 2)), /one of its pages has more text than the limit/);
  });

  it('of which a page refers to a missing dictionary is damaged', () => {
    assert.throws(() => valuesOf(craftedFile([textColumn(referring(4, Buffer.from([4 << 1, 1])))], 4)), /refers to a missing dictionary/);
  });

  it('that says that it has more rows than its columns is damaged', () => {
    assert.throws(() => valuesOf(craftedFile([textColumn(textPage('a'))], 1e9)), /fewer rows than the file declares/);
    const other: CraftedColumn = { name: 'other', type: 'number', pages: [numberPage(1)] };
    assert.throws(() => [...new ParquetTable(new HeldBytes(craftedFile([textColumn(textPage('a', 'b')), other], 2))).batches(new Map([['text', 'values'], ['other', 'values']]))], /fewer rows/);
  });

  it('of which a list in its description says that it has hundreds of millions of members is damaged', () => {
    const footer = Buffer.concat([Buffer.from([0x15]), zigzag(1), Buffer.from([0x19, 0xfc]), varint(300e6), Buffer.alloc(8)]);
    assert.throws(() => valuesOf(withEnd(footer)), /a list in its metadata is longer than the file/);
  });

  it('that says that it has a thousand million columns is damaged', () => {
    assert.throws(() => valuesOf(craftedFile([textColumn(textPage('a'))], 1, 1e9)));
  });

  it('of which the description is said to be longer than the file is cut short', () => {
    const file = craftedFile([textColumn(textPage('a'))], 1);
    file.writeUInt32LE(0x7fffffff, file.length - 8);
    assert.throws(() => valuesOf(file), /cut off/);
  });
});
