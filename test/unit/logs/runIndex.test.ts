import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { RestingFiles } from '../../../src/logs/restingFiles';
import { PromptTable } from '../../../src/logs/columns/promptTable';
import { RolloutTable } from '../../../src/logs/columns/rolloutTable';
import { packRunIndex, unpackRunIndex, type IndexedFile } from '../../../src/logs/runIndex';
import { ByteSlabs } from '../../../src/logs/files/byteSlabs';
import { readSectionFile, sectionFileBlocks, type ReadSectionFile, type Section, type SectionFile } from '../../../src/logs/files/sectionFile';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom('\ud800', '\udc00x', '\u0000', '\u2028', 'user\nmain\nassistant\n'));
const row = fc.record({
  step: fc.integer({ min: 0, max: 3 }),
  prompt: text,
  explicitId: fc.option(text),
  groundTruth: fc.oneof(text, fc.integer(), fc.constant(undefined)),
  reward: fc.option(fc.double({ noNaN: true })),
  explicitCorrect: fc.option(fc.boolean()),
  lengthChars: fc.option(fc.nat()),
  rolloutKey: fc.option(fc.string()),
  scored: fc.boolean(),
  offset: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
});
type Row = typeof row extends fc.Arbitrary<infer Value> ? Value : never;

function fill(table: RolloutTable, prompts: PromptTable, rows: readonly Row[]): void {
  for (const each of rows) {
    const { prompt, explicitId, groundTruth, offset, step } = each;
    table.push(each, step, prompts.intern({ prompt, explicitId, groundTruth, promptIsUserText: false }, `file ${step}`, offset), offset);
  }
}

function rowsOf(table: RolloutTable): unknown {
  const rows = Array.from({ length: table.length }, (_, i) => [table.prompt(i), table.reward(i), table.explicitCorrect(i), table.isScored(i), table.lengthChars(i), table.offset(i), table.key(i)]);
  return { rows, ranges: table.ranges };
}

function promptsOf(prompts: PromptTable): unknown {
  return Array.from({ length: prompts.length }, (_, index) => {
    const { explicitId, hashes, containedHash, answer, preview, file, offset } = prompts.at(index)!;
    return { explicitId, hashes, containedHash, answer, preview, file, offset };
  });
}

describe('an index of a run', () => {
  let directory: string;

  function roundTrip(content: SectionFile): ReadSectionFile | null {
    const file = path.join(directory, 'index');
    // A block is only valid until the next one is asked for.
    writeFileSync(file, Buffer.concat(Array.from(sectionFileBlocks(content), (block) => Buffer.from(block))));
    return readSectionFile(file);
  }

  before(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'cdas-index-'));
  });
  after(() => rmSync(directory, { recursive: true }));

  it('holds after writing and reading what it held before, and goes on the same', () => {
    fc.assert(
      fc.property(fc.array(fc.array(row, { maxLength: 40 }), { maxLength: 3 }), fc.array(row, { maxLength: 20 }), (files, later) => {
        const prompts = new PromptTable();
        const tables = files.map((rows) => {
          const table = new RolloutTable();
          fill(table, prompts, rows);
          return table;
        });
        const health = { badLines: 1, longLines: [{ offset: 7, length: 9 }], ignoredLines: 2, stepMismatches: 3, validationRows: 4, explicitField: 'acc', notes: new Set(['one', 'two']) };
        const indexed = tables.map((table, i): IndexedFile => ({ name: `${i}`, step: i, state: { table, health, source: { kind: 'folder', at: { taken: [['a', 'b']], contentBytes: 1, reckonedBytes: 2, changedAt: null } } } }));
        const content = roundTrip(packRunIndex('key', { prompts: prompts.pack(), files: indexed, resting: { names: [], fileSteps: [], ...new RestingFiles().pack([]) } }));
        assert.ok(content !== null);
        const read = unpackRunIndex('key', content);
        const again = new PromptTable();
        again.restore(read!.prompts);
        assert.deepEqual(promptsOf(again), promptsOf(prompts));
        read!.files.forEach(({ name, step, state }, i) => {
          assert.deepEqual([name, step, state.health, state.source, rowsOf(state.table)], [`${i}`, i, health, indexed[i]?.state.source, rowsOf(tables[i]!)]);
        });
        tables.forEach((table, i) => {
          fill(table, prompts, later);
          fill(read!.files[i]!.state.table, again, later);
          assert.deepEqual(rowsOf(read!.files[i]!.state.table), rowsOf(table));
        });
        assert.deepEqual(promptsOf(again), promptsOf(prompts));
        assert.equal(unpackRunIndex('other key', content), null);
      }),
      { numRuns: 200 },
    );
  });

  it('holds rewards and places however many different ones there are and however far they lie', () => {
    const table = new RolloutTable();
    const value = (i: number): number | null => (i % 7 === 0 ? null : i < 500 ? (i % 3) / 2 : i / 3);
    const place = (i: number): number => (i < 1500 ? i : 2 ** 33 + i);
    const pushed = { explicitCorrect: null, scored: true, lengthChars: 1, rolloutKey: null };
    const check = (rows: RolloutTable): void => {
      for (let i = 0; i < rows.length; i++) assert.deepEqual([rows.reward(i), rows.offset(i)], [value(i), place(i)]);
    };
    for (let i = 0; i < 2000; i++) {
      table.push({ ...pushed, reward: value(i) }, 1, 0, place(i));
      if (i % 250 > 0) continue;
      const copy = RolloutTable.of(table.columns);
      for (let j = copy.length; j < 2000; j++) copy.push({ ...pushed, reward: value(j) }, 1, 0, place(j));
      check(copy);
    }
    check(table);
  });

  it('takes the prompts of another reader in where they are new, and says which they are', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), fc.array(row, { maxLength: 20 }), (first, second) => {
        const [alone, one, other] = [new PromptTable(), new PromptTable(), new PromptTable()];
        const intern = (prompts: PromptTable, { prompt, explicitId, groundTruth, offset }: Row): number => prompts.intern({ prompt, explicitId, groundTruth, promptIsUserText: true }, 'file', offset);
        for (const each of first) assert.equal(intern(one, each), intern(alone, each));
        const expected = second.map((each) => intern(alone, each));
        const found = second.map((each) => intern(other, each));
        const indices = one.addFound(other.packFound('file'));
        assert.deepEqual(found.map((index) => indices[index]), expected);
        assert.deepEqual(promptsOf(one), promptsOf(alone));
      }),
    );
  });

  it('keeps numbers of every kind, also over many blocks', () => {
    const sections: Section[] = [
      Float64Array.of(Number.NaN, -0, Infinity, 2 ** 53),
      new Uint8Array([1, 2, 3]),
      new Int32Array(700_001).map((_, i) => i * 7919),
      new Uint32Array(),
      Uint32Array.of(2 ** 32 - 1),
    ];
    const tail = new ByteSlabs();
    for (let piece = 0; piece < 30; piece++) tail.append(Buffer.alloc(100_003, piece));
    const read = roundTrip({ header: { text: '\u4e2d' }, sections, tail });
    assert.deepEqual(read?.header, { text: '\u4e2d' });
    assert.deepEqual(Array.from({ length: read.sections.length }, (_, place) => read.sections.at(place)), sections);
    assert.ok(read.tail.read(0, read.tail.length).equals(tail.read(0, tail.length)));
  });
});
