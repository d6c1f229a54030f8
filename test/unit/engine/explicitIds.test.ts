import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sharedTextProblemId, textHash } from '../../../src/core/identity';
import { loadOnly } from './fixtureRuns';

describe('a log whose ids are not the dataset’s', () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'cdas-ids-'));
    const row = (key: string, text: string, score: number): string =>
      `${JSON.stringify({ input: `user\n${text}\nassistant\n`, output: 'o', gts: '1', score, step: 1, problem_id: key })}\n`;
    writeFileSync(path.join(directory, '1.jsonl'), row('key-a', 'Problem A', 1) + row('key-a', 'Problem A', 0) + row('key-b', 'Problem B', 1) + row('key-c', 'Problem B', 0));
  });
  after(() => rmSync(directory, { recursive: true }));

  it('is joined to the dataset by text, each problem once and under the log’s id', async () => {
    const dataset = path.join(directory, 'data.jsonl');
    writeFileSync(dataset, ['Problem A', 'Problem Z'].map((question, id) => `${JSON.stringify({ id: String(id), question, answer: '1' })}\n`).join(''));
    const run = await loadOnly(directory, { dataset });
    assert.deepEqual(run.registry.problems.map(({ id, source, rows }) => [id, source, rows]), [
      ['key-a', 'explicit', [0]],
      ['1', null, [1]],
      ['key-b', 'explicit', []],
      ['key-c', 'explicit', []],
    ]);
    assert.equal(run.history.state.countedProblems, 2);
    assert.equal(run.registry.findRow('0', textHash('Problem A'), '"1"'), 0);
  });

  it('leaves rows that differ and share an id to their texts, as trainers do', async () => {
    const dataset = path.join(directory, 'shared.jsonl');
    const rows = [
      ...[['key-a', 'Problem A', '1'], ['7', 'Problem X', '1'], ['7', 'Problem Y', '1'], ['8', 'Problem Z', '1']],
      ...[['8', 'Problem Z', '1'], ['9', 'Problem W', '1'], ['9', 'Problem W', '2']],
    ];
    writeFileSync(dataset, rows.map(([id, question, answer]) => `${JSON.stringify({ id, question, answer })}\n`).join(''));
    const { registry } = await loadOnly(directory, { dataset });
    const fromDataset = registry.problems.filter(({ source }) => source === null);
    assert.deepEqual(fromDataset.map(({ id, rows: own }) => [id, own]), [
      [`h:${textHash('Problem X')}`, [1]],
      [`h:${textHash('Problem Y')}`, [2]],
      ['8', [3, 4]],
      [sharedTextProblemId(textHash('Problem W'), '1'), [5]],
      [sharedTextProblemId(textHash('Problem W'), '2'), [6]],
    ]);
  });

  it('gives figures to dataset rows by their text where no dataset was read, but not where two problems share the text', async () => {
    const run = await loadOnly(directory);
    assert.equal(run.registry.findRow(null, textHash('Problem A'), '"1"'), run.registry.indexOf('key-a'));
    assert.equal(run.registry.findRow(null, textHash('Problem B'), '"1"'), null);
  });
});
