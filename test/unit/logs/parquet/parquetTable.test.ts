import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { FileBytes, HeldBytes, type ByteSource } from '../../../../src/logs/parquet/byteSource';
import { ParquetTable, type ColumnKind } from '../../../../src/logs/parquet/parquetTable';
import { fixtures } from '../../engine/fixtureRuns';
import { craftedFile } from './craftedParquet';
import { copyOf, pack } from './packedBlocks';

const directory = path.join(fixtures, 'parquet');
// test/support/fixtures/parquetPages.py wrote both.
const expected = JSON.parse(readFileSync(path.join(directory, 'expected.json'), 'utf8')) as Record<string, readonly unknown[]>;
const names = Object.keys(expected);

function read(source: ByteSource, kind: ColumnKind = 'values', from = 0): Map<string, unknown[]> {
  const columns = new Map<string, unknown[]>(names.map((name) => [name, []]));
  for (const { start, length, column } of new ParquetTable(source).batches(new Map(names.map((name) => [name, kind])), from)) {
    for (const [name, values] of columns) {
      assert.deepEqual([values.length, column(name).length], [start - from, length]);
      values.push(...column(name));
    }
  }
  return columns;
}

for (const way of ['snappy', 'plain_groups', 'zstd_second', 'gzip', 'lz4', 'lz4_second', 'encodings']) {
  describe(`a parquet table of many small pages (${way})`, () => {
    const file = path.join(directory, `${way}.parquet`);
    const held = new HeldBytes(readFileSync(file));

    it('has the values that were written', () => {
      const columns = read(held);
      for (const name of names) assert.deepEqual(columns.get(name), expected[name], name);
    });

    it('has them read from the open file', () => {
      const fd = openSync(file, 'r');
      try {
        assert.deepEqual(read(new FileBytes(() => fd, statSync(file).size)), read(held));
      } finally {
        closeSync(fd);
      }
    });

    it('can be read from any row on', () => {
      for (let from = 1; from <= 240; from += from < 70 || from > 110 ? 3 : 1) {
        const columns = read(held, 'values', from);
        for (const name of names) assert.deepEqual(columns.get(name), expected[name]?.slice(from), `${name} from ${from}`);
      }
    });

    it('tells how long texts are, in code points, without making them', () => {
      const lengths = read(held, 'digests').get('text')?.map((digest) => (digest as { readonly length: number } | null)?.length);
      // An array of texts and nulls, by the program that wrote it.
      assert.deepEqual(lengths, (expected['text'] as (string | null)[]).map((text) => (text === null ? undefined : Array.from(text).length)));
    });
  });
}

describe('a parquet table', () => {
  const held = (): ByteSource => new HeldBytes(readFileSync(path.join(directory, 'snappy.parquet')));

  it('has no values of a column that it has not', () => {
    const batches = [...new ParquetTable(held()).batches(new Map([['step', 'values'], ['other', 'values']]))];
    assert.deepEqual(batches.flatMap(({ column }) => column('other')), []);
    assert.equal(batches.flatMap(({ column }) => column('step')).length, 240);
  });

  it('says how far it is read, and is not at its end before it is', () => {
    const table = new ParquetTable(held());
    const places = Array.from(table.batches(new Map([['text', 'values']])), () => table.progress);
    assert.deepEqual(places, places.toSorted((a, b) => a.read - b.read));
    assert.ok(places.length > 3 && places.every(({ read: done, size }) => done > 0 && done < size));
  });

  it('is read in the room that its largest pages take, and refused in less, with what to do', () => {
    const readIn = (room: number): number => [...new ParquetTable(held(), room).batches(new Map(names.map((name) => [name, 'values'])))].length;
    assert.ok(readIn(400_000) > 0);
    assert.throws(() => readIn(4000), /a page of its column “.*” needs .* MB of memory, .*: write the file with smaller row groups/);
  });

  /** One text of 17 MiB, packed. */
  function longText(): { readonly packed: Buffer; readonly text: Buffer } {
    const length = 17 << 20;
    const word = Buffer.alloc(4);
    word.writeUInt32LE(length - 4);
    return pack(Array.from({ length: length >> 16 }, (_, block) => ({ literal: Buffer.concat([block === 0 ? word : Buffer.alloc(0), Buffer.from(`Block ${block}. `)]), distances: [9, 7] })));
  }

  const readText = (body: Buffer, unpacked: number): unknown => {
    const file = craftedFile([{ name: 'text', type: 'text', codec: 1, pages: [{ body, values: 1, unpacked }] }], 1);
    return [...new ParquetTable(new HeldBytes(file)).batches(new Map([['text', 'values']]))].flatMap(({ column }) => column('text'))[0];
  };

  it('has the values of a page that is so large that it is unpacked in parts', () => {
    const { packed, text } = longText();
    assert.ok(readText(packed, text.length) === text.toString('utf8', 4));
  });

  it('has them too where the parts of the page refer to one another', () => {
    const { packed, text } = longText();
    const body = Buffer.concat([packed, copyOf(1, 64)]);
    // After the packed length and the first tag: the text is longer by what is copied.
    body.writeUInt32LE(text.length + 60, 5);
    assert.ok(readText(body, text.length + 64) === `${text.toString('utf8', 4)}${text.toString('utf8', text.length - 1).repeat(64)}`);
  });
});
