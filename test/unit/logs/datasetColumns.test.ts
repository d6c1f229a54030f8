import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { previewOf, type DatasetRow } from '../../../src/core/datasetIndex';
import { normaliseText } from '../../../src/core/identity';
import { canonicalJson } from '../../../src/core/json';
import { resolveProblem, type PromptEvidence } from '../../../src/core/problemResolver';
import { parseDatasetLine } from '../../../src/logs/datasets/datasetFile';
import { columnsOf, PlainDatasetIndex } from './plainDatasetIndex';

const datasets = fileURLToPath(new URL('../../fixtures/datasets', import.meta.url));

const text = fc.oneof(
  fc.constantFrom('Problem A', 'Problem B ', ' Problem B', 'What is the sum of the first', 'What is the sum of the first hundred primes?', 'What is the sum of the first hundred primes? Or of all?', 'é\u0301 <|im_end|>'),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.constantFrom('a', ' ', '\r\n', '[INST]', 'é', '\ud800', '…'), { maxLength: 40 }).map((parts) => parts.join('')),
);
const textId = fc.constantFrom('Problem A', 'Problem B').map((each) => `h:${new PlainDatasetIndex([{ explicitId: null, text: each, groundTruth: null }]).hashOf(0)}`);
const datasetRow: fc.Arbitrary<DatasetRow> = fc.record({
  explicitId: fc.oneof(fc.constantFrom(null, '1', '2', '3', '__proto__', 'ключ', '\ud800'), textId),
  text,
  groundTruth: fc.constantFrom(undefined, null, '1', '2', 1, [1, '2'], { b: 1, a: [] }),
  difficulty: fc.constantFrom(null, 0, 0.5, 7),
});

/** Compares all that can be asked of a dataset. */
function assertSame(rows: readonly DatasetRow[], prompts: readonly string[]): void {
  const [columns, plain] = [columnsOf(rows), new PlainDatasetIndex(rows)];
  assert.equal(columns.length, rows.length);
  rows.forEach(({ explicitId, difficulty, groundTruth }, row) => {
    const hash = plain.hashOf(row);
    assert.equal(columns.hashOf(row), hash);
    assert.equal(columns.explicitIdOf(row), explicitId);
    assert.deepEqual([columns.previewOf(row), columns.answerOf(row)], [previewOf(plain.rows[row]!.text), plain.rows[row]!.answer]);
    assert.equal(columns.difficultyOf(row), difficulty ?? null);
    assert.deepEqual(columns.rowsWithHash(hash), plain.rowsWithHash(hash));
    assert.deepEqual(columns.rowsWithId(explicitId ?? 'none'), plain.rowsWithId(explicitId ?? 'none'));
    assert.equal(columns.sharesText(hash), plain.sharesText(hash));
    for (const answer of [canonicalJson(groundTruth ?? null), '"1"', 'null']) assert.equal(columns.hasAnswer(row, answer), plain.hasAnswer(row, answer));
    for (const useIds of [true, false]) assert.equal(columns.problemId(row, useIds), plain.problemId(row, useIds));
  });
  for (const prompt of prompts) assert.equal(columns.containedText(normaliseText(prompt)), plain.containedText(normaliseText(prompt)));
}

describe('the columns of a dataset', () => {
  it('say of every row what its text, id and answer say', () => {
    fc.assert(fc.property(fc.array(datasetRow, { maxLength: 12 }), fc.array(fc.array(text).map((parts) => parts.join(' ')), { maxLength: 3 }), assertSame), { numRuns: 300 });
  });

  it('say the same of the fixtures', () => {
    const files = readdirSync(datasets).filter((name) => name.endsWith('.jsonl'));
    assert.ok(files.length >= 5);
    for (const name of files) {
      const rows = readFileSync(path.join(datasets, name), 'utf8').trim().split('\n').flatMap((line) => parseDatasetLine(line) ?? []);
      assert.ok(rows.length >= 8, name);
      assertSame([...rows, ...rows.slice(2)], rows.map((row) => `system\nBe brief.user\n\n${row.text} /no_think`));
    }
  });

  it('find the longest text that stands in a prompt, the first one of those as long', () => {
    const texts = ['What is the sum of the first', 'What is the sum of the first hundred', 'Name each of the planets and their', 'What is the sum of the third hundred'];
    const columns = columnsOf(texts.map((each) => ({ explicitId: null, text: each, groundTruth: null })));
    const found = (prompt: string): number => texts.findIndex((_, row) => columns.hashOf(row) === columns.containedText(prompt));
    assert.equal(found('Think. What is the sum of the first hundred primes?'), 1);
    assert.equal(found('What is the sum of the third hundred, and what is What is the sum of the first hundred'), 3);
    assert.equal(found('Name each of the planets and their moons. What is the sum of the first?'), 2);
    assert.equal(found('What is the sum of the'), -1);
  });

  it('resolve prompts as the plain definition does', () => {
    const evidence = fc.record({
      explicitId: fc.constantFrom(null, '1', '2', 'other'),
      rows: fc.array(fc.nat(14), { maxLength: 3 }),
      contained: fc.option(fc.nat(14)),
      answer: fc.constantFrom(null, '"1"', '"2"', 'null', '1'),
    });
    fc.assert(
      fc.property(fc.array(datasetRow, { maxLength: 12 }), evidence, fc.constantFrom([], ['"1"'], ['"2"', '1']), (rows, { explicitId, rows: likely, contained, answer }, relabelled) => {
        const [columns, plain] = [columnsOf(rows), new PlainDatasetIndex(rows)];
        const hashOf = (row: number): string => (row < rows.length ? plain.hashOf(row) : '0123456789abcdef');
        const prompt: PromptEvidence = { explicitId, hashes: likely.map(hashOf), containedHash: contained === null ? null : hashOf(contained), answer };
        assert.deepEqual(resolveProblem(prompt, columns, () => relabelled), resolveProblem(prompt, plain, () => relabelled));
      }),
      { numRuns: 300 },
    );
  });
});
