import assert from 'node:assert/strict';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { previewOf, type DatasetRow } from '../../../src/core/datasetIndex';
import { hashOfNormalised as plainHash, normaliseText } from '../../../src/core/identity';
import { canonicalJson } from '../../../src/core/json';
import { parseDatasetLine, readDatasetFile, type DatasetFile } from '../../../src/logs/datasets/datasetFile';
import { hashOfNormalised } from '../../../src/logs/columns/textHash';
import { temporaryDirectory } from '../temporaryDirectory';

const key = fc.constantFrom('prompt', 'question', 'problem', 'messages', 'id', 'problem_id', 'extra_info', 'reward_model', 'answer', 'solution', 'ground_truth', 'difficulty', 'other', 'pro\\u006dpt');
const scalar = fc.constantFrom('"p"', '""', '"\\u00e9\\ud83d"', '"x\\n"', '1', '9007199254740993', '-0.5', '1e3', 'null', 'true', '[]', '{}', 'NaN');
const message = fc.constantFrom('{"role": "user", "content": "q"}', '{"role": "system", "content": "s"}', '{"content": [{"text": "part"}, {"text": 1}]}', '7');
const value = fc.oneof(
  scalar,
  fc.array(message, { maxLength: 3 }).map((messages) => `[${messages.join(',')}]`),
  fc.array(fc.tuple(fc.constantFrom('index', 'difficulty', 'ground_truth'), scalar), { maxLength: 3 }).map(objectOf),
);
const line = fc.oneof({ weight: 9, arbitrary: fc.array(fc.tuple(key, value), { maxLength: 6 }).map(objectOf) }, { weight: 1, arbitrary: fc.constantFrom('7', '{"prompt": ', '  ') });

function objectOf(members: readonly (readonly [string, string])[]): string {
  return `{${members.map(([name, text]) => `"${name}": ${text}`).join(', ')}}`;
}

describe('a dataset file', () => {
  const directory = temporaryDirectory();
  const write = (name: string, text: string): string => {
    const file = path.join(directory.path(), name);
    writeFileSync(file, text);
    return file;
  };

  /** All that can be told of each row, the last first, as somebody asks who wants single ones again. */
  function rowsOf({ index }: DatasetFile): unknown[] {
    return Array.from({ length: index.length }, (_, place) => {
      const row = index.length - 1 - place;
      return [index.hashOf(row), index.explicitIdOf(row), index.previewOf(row), index.answerOf(row), index.difficultyOf(row)];
    });
  }

  function told(rows: readonly DatasetRow[]): unknown[] {
    return rows.toReversed().map(({ explicitId, text, groundTruth, difficulty }) => {
      const normalised = normaliseText(text);
      return [plainHash(normalised), explicitId, previewOf(normalised), canonicalJson(groundTruth ?? null), difficulty ?? null];
    });
  }

  it('has the rows that its lines are one by one, as lines and as an array, also when they are read again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 12 }), async (lines) => {
        const rows = lines.flatMap((each) => parseDatasetLine(each) ?? []);
        if (rows.length === 0) return;
        const notBlank = lines.filter((each) => each.trim() !== '');
        const asLines = await readDatasetFile(write('data.jsonl', `${lines.join('\n')}\n`));
        assert.deepEqual(rowsOf(asLines), told(rows));
        assert.equal(asLines.unusableRows, notBlank.length - rows.length);
        const whole = notBlank.filter((each) => !each.endsWith(': '));
        assert.deepEqual(rowsOf(await readDatasetFile(write('data.json', `[${whole.join(',\n')}]`))), told(rows));
      }),
      { numRuns: 200 },
    );
  });

  it('counts a row whose answer nests too deeply as unusable and reads the others', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const lines = ['"a"', deep, '"c"'].map((answer, i) => `{"prompt": "p${i}", "answer": ${answer}}`);
    for (const [name, text] of [['data.jsonl', `${lines.join('\n')}\n`], ['data.json', `[${lines.join(',')}]`]] as const) {
      const file = await readDatasetFile(write(name, text));
      assert.deepEqual([file.index.length, file.unusableRows], [2, 1]);
    }
  });

  it('holds texts that it was told to read ahead until they are let go', async () => {
    for (const [name, text] of [['data.jsonl', '{"prompt": "p"}\n{"prompt": "q", "answer": 1}\n'], ['data.json', '[{"prompt": "p"}, {"prompt": "q", "answer": 1}]']] as const) {
      const file = await readDatasetFile(write(name, text));
      assert.ok(file.readAhead([1, 0, 7]) > 0);
      rmSync(file.path);
      assert.deepEqual([1, 0].map((row) => [file.index.previewOf(row), file.index.answerOf(row)]), [['q', '1'], ['p', 'null']]);
      file.letGo();
      assert.deepEqual([1, 0].map((row) => file.index.previewOf(row)), ['', '']);
    }
  });

  it('reads rows ahead that are longer than what is read at once, and between others', async () => {
    const texts = Array.from({ length: 40 }, (_, row) => `${row} ${'x'.repeat(row % 5 === 0 ? 40_000 : 700)}`);
    for (const name of ['data.jsonl', 'data.json']) {
      const rows = texts.map((prompt, row) => JSON.stringify({ prompt, answer: row }));
      const file = await readDatasetFile(write(name, name === 'data.json' ? `[${rows.join(',')}]` : rows.join('\n')));
      file.readAhead(texts.map((_, row) => (row * 7) % 40));
      assert.deepEqual(texts.map((_, row) => [file.index.previewOf(row), file.index.answerOf(row)]), texts.map((text, row) => [previewOf(text), String(row)]));
    }
  });

  it('finds the rows whose texts hold what is searched for, whatever its case', async () => {
    const file = await readDatasetFile(write('data.jsonl', ['Two TRAINS', 'no row', 'trains'].map((prompt, id) => (prompt === 'no row' ? '{}' : JSON.stringify({ prompt, id }))).join('\n')));
    const [trains, two] = [await file.search('trains'), await file.search('two')];
    assert.deepEqual([0, 1, 2].map((row) => [trains(row), two(row)]), [[true, true], [true, false], [false, false]]);
  });

  it('is held once, whoever asks for it, until it is another file', async () => {
    const name = write('data.jsonl', '{"prompt": "p"}\n');
    const file = await readDatasetFile(name);
    assert.equal(await readDatasetFile(name), file);
    appendFileSync(name, '{"prompt": "q"}\n');
    assert.equal((await readDatasetFile(name)).index.length, 2);
  });

  it('has a row whose answer is beyond all numbers', async () => {
    const { index } = await readDatasetFile(write('data.jsonl', '{"prompt": "p", "answer": [1e999]}\n{"prompt": "q", "answer": 1}\n'));
    assert.deepEqual([index.length, index.answerOf(0), index.hasAnswer(0, '[null]')], [2, '[null]', true]);
  });

  it('has no text of a row any more once it is another file, and still knows the row', async () => {
    const name = write('data.jsonl', '{"prompt": "p", "id": "one", "answer": "1"}\n');
    const file = await readDatasetFile(name);
    assert.deepEqual([file.index.previewOf(0), file.index.answerOf(0)], ['p', '"1"']);
    appendFileSync(name, '{"prompt": "q"}\n');
    assert.deepEqual([file.index.previewOf(0), file.index.answerOf(0), file.index.explicitIdOf(0)], ['', null, 'one']);
    assert.equal((await file.search('p'))(0), false);
    rmSync(name);
    assert.deepEqual([file.index.previewOf(0), file.index.answerOf(0), file.index.rowsWithId('one')], ['', null, [0]]);
  });
});

describe('the hash of a text', () => {
  it('by the runtime is that of the definition', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', 'é', '\ud800', '\udc00', '\u{1f600}', '\0') }), (text) => assert.equal(hashOfNormalised(text), plainHash(text))));
  });
});
