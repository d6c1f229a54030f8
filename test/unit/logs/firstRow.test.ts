import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { readFirstRow } from '../../../src/logs/discovery/firstRow';
import { nemoRlFormat } from '../../../src/logs/formats/nemoRl';
import { JsonOutline } from '../../../src/logs/files/jsonOutline';
import { sampleRows } from '../../../src/logs/discovery/sampleRows';
import { temporaryDirectory } from '../temporaryDirectory';

/** The outline of a text that comes in pieces of a length. */
function outlineOf(text: string, piece = 1 << 16): unknown {
  const outline = new JsonOutline();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += piece) outline.push(bytes.subarray(at, at + piece));
  return outline.bytes === null ? null : JSON.parse(outline.bytes.toString());
}

describe('the outline of a JSON line', () => {
  const short = fc.constantFrom('a', '"', '\\', '\\"', ',', '[]', '{', 'é😀', '\u2028');

  it('is the line itself where nothing in it is long, in whatever pieces it comes', () => {
    const value = fc.oneof(short, fc.integer(), fc.constant(null), fc.array(short, { maxLength: 15 }), fc.dictionary(short, fc.array(fc.boolean(), { maxLength: 15 })));
    fc.assert(
      fc.property(fc.dictionary(short, value), fc.integer({ min: 1, max: 9 }), fc.constantFrom(undefined, 1), (row, piece, indent) => {
        const text = JSON.stringify(row, null, indent).replaceAll('\n', ' ');
        assert.deepEqual(outlineOf(`\ufeff \n${text}\n{"next": 1}`, piece), JSON.parse(text));
      }),
      { numRuns: 300, seed: 9 },
    );
  });

  it('has the beginnings of long texts and lists', () => {
    const row = { a: 'é'.repeat(10_000), b: Array.from({ length: 1000 }, (_, i) => [i, 'x, ]']), c: 'end', d: { e: [{ f: '\u0001'.repeat(9999) }] } };
    const outline = outlineOf(JSON.stringify(row)) as typeof row;
    assert.deepEqual([row.a.startsWith(outline.a), outline.a.length], [true, 2048]);
    assert.deepEqual(outline.b, row.b.slice(0, 16));
    assert.equal(outline.c, 'end');
    assert.match(outline.d.e[0]?.f ?? '', /^\u0001+$/);
  });

  it('is none of what is no object, has no end, or is nested without end', () => {
    for (const text of ['', '[1]', 'x', '{"a": 1', '{"a": "x', '{"a": [1\n]}', `{"a": ${'['.repeat(2000)}`]) assert.equal(outlineOf(text), null);
  });
});

describe('the first row of a log', () => {
  const directory = temporaryDirectory();
  const file = (name: string): string => path.join(directory.path(), name);

  it('is read however long it is, so that its format is recognised', () => {
    const row = JSON.stringify({ content: [['p', 'x'.repeat(9_000_000)]], token_ids: [Array.from({ length: 500_000 }, (_, i) => i)], rewards: [1] });
    writeFileSync(file('1.jsonl'), `\n${row}\n`);
    writeFileSync(file('1.jsonl.gz'), gzipSync(`${row}\n{}\n`));
    for (const name of ['1.jsonl', '1.jsonl.gz']) {
      const first = readFirstRow(file(name));
      assert.ok(first);
      assert.equal(nemoRlFormat.recogniseRow(first, name), 'train_data_step');
      assert.deepEqual(sampleRows(file(name))[0]?.['rewards'], [1]);
    }
  });

  it('is whole where it is not long, with or without a line end and a mark before it', () => {
    const row = { list: Array.from({ length: 100 }, (_, i) => i), text: 'x'.repeat(100_000) };
    for (const text of [`${JSON.stringify(row)}\n{}`, `\ufeff\r\n ${JSON.stringify(row)}`]) {
      writeFileSync(file('1.jsonl'), text);
      writeFileSync(file('1.jsonl.gz'), gzipSync(text));
      assert.deepEqual(readFirstRow(file('1.jsonl')), row);
      assert.deepEqual(readFirstRow(file('1.jsonl.gz')), row);
    }
  });

  it('is none where the file is empty, blank, torn or missing', () => {
    for (const text of ['', ' \n\n', '{"a": ', '[1]\n{}', '{"a": 1} {\n']) {
      writeFileSync(file('1.jsonl'), text);
      assert.equal(readFirstRow(file('1.jsonl')), null);
    }
    assert.equal(readFirstRow(file('2.jsonl')), null);
  });
});
