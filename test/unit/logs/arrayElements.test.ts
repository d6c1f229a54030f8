import assert from 'node:assert/strict';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { arrayElements } from '../../../src/logs/files/arrayElements';
import { readDatasetFile } from '../../../src/logs/datasets/datasetFile';
import { fileParts } from '../../../src/logs/files/fileParts';
import { cdasSamplingFormat } from '../../../src/logs/formats/cdasSamplingLog';
import { useLineLimits } from '../../../src/logs/files/lineLimits';
import { LogFile } from '../../../src/logs/logFile';
import { PromptTable } from '../../../src/logs/columns/promptTable';
import { rowsAt } from '../../../src/logs/rowsAgain';
import { temporaryDirectory } from '../temporaryDirectory';

describe('a JSON array that is too large to be held', () => {
  const directory = temporaryDirectory();
  const file = (): string => path.join(directory.path(), 'data.json');
  afterEach(() => useLineLimits(null));

  function elementsOf(text: string): string[] {
    writeFileSync(file(), text);
    const fd = openSync(file(), 'r');
    try {
      return Array.from(arrayElements(fileParts(() => fd)), ({ bytes, offset, length }) => {
        assert.equal(bytes === null || bytes.equals(Buffer.from(text).subarray(offset, offset + length)), true);
        return bytes?.toString() ?? '';
      });
    } finally {
      closeSync(fd);
    }
  }

  it('has the elements that parsing it whole gives, however it is laid out', () => {
    const text = fc.constantFrom('a', '"', '\\', '\\"', ',', '[', ']}', '{', 'é\n', '');
    fc.assert(
      fc.property(fc.array(fc.oneof(text, fc.jsonValue({ maxDepth: 3 }), fc.record({ a: text, b: fc.array(text) }))), fc.constantFrom(undefined, 2), (values, indent) => {
        const found = elementsOf(`\ufeff ${JSON.stringify(values, null, indent)}\n`).map((element): unknown => JSON.parse(element));
        assert.deepEqual(found, JSON.parse(JSON.stringify(values)));
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it('has the same elements whatever parts it comes in', () => {
    const text = JSON.stringify([{ a: 'x\\', b: ['\\"', '"],'] }, '', '\\\\"', [[], {}], '\u00e9\\"é'], null, 1);
    const elements = (size: number): string[] => {
      const parts = Array.from({ length: Math.ceil(text.length / size) }, (_, part) => Buffer.from(text, 'latin1').subarray(part * size, (part + 1) * size));
      return Array.from(arrayElements(parts), ({ bytes }) => bytes?.toString('latin1') ?? '');
    };
    assert.deepEqual(elements(text.length).map((element): unknown => JSON.parse(element)), JSON.parse(text));
    for (const size of [1, 2, 3, 5, 7, 16]) assert.deepEqual(elements(size), elements(text.length));
  });

  it('has elements that go on over many chunks', () => {
    const values = ['x'.repeat(3_000_000), 1, `${'y'.repeat(1_200_000)}\\"`];
    assert.deepEqual(elementsOf(JSON.stringify(values)).map((element): unknown => JSON.parse(element)), values);
  });

  it('is refused where it has no end, an element is missing, or more stands after it', () => {
    for (const text of ['', '[', '[1', '[1,', '["a]', '[{"a": [1]}', '[1,,2]', '[,1]', '[1,]', '[1] 2', '[1][2]', '[1]]', 'x[1]']) assert.throws(() => elementsOf(text), SyntaxError, text);
    assert.deepEqual(elementsOf(' [ ] '), []);
  });

  it('has nothing in the place of an element that is too long', () => {
    useLineLimits({ chunkBytes: 64, heldBytes: 64, maxBytes: 40, maxKeptBytes: 1 << 20 });
    assert.deepEqual(elementsOf(`["${'x'.repeat(18)}","${'x'.repeat(19)}",3]`), [`"${'x'.repeat(18)}"`, '', '3']);
  });

  it('is a dataset whose rows are all that can be read of it', async () => {
    writeFileSync(file(), '[{"prompt": "p", "id": 9007199254740993, "x": NaN}, {"prompt": }, 7,\n {"question": "q"}]');
    const { index, unusableRows } = await readDatasetFile(file());
    assert.deepEqual([[index.explicitIdOf(0), index.explicitIdOf(1)], unusableRows], [['9007199254740993', null], 2]);
    writeFileSync(file(), '[{"prompt": "p"}');
    await assert.rejects(readDatasetFile(file()), /not a complete JSON array/);
  });

  it('says what to name instead of a directory', async () => {
    await assert.rejects(readDatasetFile(path.dirname(file())), /is a directory: choose a dataset file in it/);
  });
});

describe('the sampling log of the CDAS authors', () => {
  const directory = temporaryDirectory();

  it('is read step by step, the later entry of a step in place of the first, and its rows are found again', () => {
    const entries = [{ step: 1, result: { A: [1, 0, 1] } }, { step: 2, result: { B: [1, 1, 0.5], C: [0, 1, 0] } }, { step: 1, result: { D: [2, 0, 1] } }];
    const text = JSON.stringify(entries, null, 1);
    for (const [name, content] of [['x_sampling.json', text], ['y_sampling.json.gz', gzipSync(text)]] as const) {
      const file = path.join(directory.path(), name);
      writeFileSync(file, content);
      const prompts = new PromptTable();
      const log = new LogFile(file, null, cdasSamplingFormat, prompts);
      while (log.poll(10, Date.now()).more);
      const found = Array.from({ length: log.table.length }, (_, row) => {
        const prompt = prompts.at(log.table.prompt(row));
        const again = rowsAt(cdasSamplingFormat, { file, offset: log.table.offset(row), explicitId: null }).map((each) => each.prompt);
        return [prompt?.preview, log.table.reward(row), again.includes(prompt?.preview ?? '')];
      });
      assert.deepEqual(found, [['B', 1, true], ['B', 0, true], ['C', 0, true], ['D', 1, true], ['D', 1, true]]);
    }
  });
});
