import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sharedTextProblemId, textHash } from '../../../src/core/identity';
import { loadOnly } from './fixtureRuns';
import { engineOn, settle } from './observedTree';

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

  it('whose rows differ and share an id names their problems by their texts, and leaves the id to a text that none of them has', async () => {
    const log = mkdtempSync(path.join(tmpdir(), 'cdas-sharing-'));
    const row = (id: string, text: string): string => `${JSON.stringify({ input: `user\n${text}\nassistant\n`, output: 'o', gts: '1', score: 1, step: 1, problem_id: id })}\n`;
    writeFileSync(path.join(log, '1.jsonl'), row('7', 'Problem Y') + row('7', 'Problem X') + row('8', 'Problem Z') + row('7', 'A problem of its own'));
    const dataset = path.join(directory, 'sharing.jsonl');
    const rows = [['7', 'Problem X'], ['7', 'Problem Y'], ['8', 'Problem Z']];
    writeFileSync(dataset, rows.map(([id, question]) => `${JSON.stringify({ id, question, answer: '1' })}\n`).join(''));
    const { registry } = await loadOnly(log, { dataset });
    assert.deepEqual(registry.problems.map(({ id, source, rows: own, textHash: hash }) => [id, source, own, hash]), [
      [`h:${textHash('Problem X')}`, 'matched', [0], textHash('Problem X')],
      [`h:${textHash('Problem Y')}`, 'matched', [1], textHash('Problem Y')],
      ['8', 'explicit', [2], textHash('Problem Z')],
      ['7', 'ambiguous', [0, 1], textHash('A problem of its own')],
    ]);
    assert.deepEqual(['Problem X', 'Problem Y', 'Problem Z'].map((text) => registry.findRow(text === 'Problem Z' ? '8' : '7', textHash(text), '"1"')), [0, 1, 2]);
  });

  it('gives figures to dataset rows by their text where no dataset was read, but not where two problems share the text', async () => {
    const run = await loadOnly(directory);
    assert.equal(run.registry.findRow(null, textHash('Problem A'), '"1"'), run.registry.indexOf('key-a'));
    assert.equal(run.registry.findRow(null, textHash('Problem B'), '"1"'), null);
  });

  it('tells the trainer the text of what is decided, but none where the id is of rows that differ and the text of no row', async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'cdas-shared-'));
    const row = (id: string, text: string): string => `${JSON.stringify({ input: `user\n${text}\nassistant\n`, output: 'o', gts: '1', score: 1, step: 1, problem_id: id })}\n`;
    writeFileSync(path.join(root, '1.jsonl'), row('7', 'Problem X') + row('7', 'Changed') + row('8', 'Problem Z'));
    const dataset = path.join(root, 'rows.jsonl');
    writeFileSync(dataset, [['7', 'Problem X'], ['7', 'Problem Y'], ['8', 'Problem Z']].map(([id, question]) => `${JSON.stringify({ id, question, answer: '1' })}\n`).join(''));
    const engine = engineOn(root, { dataset });
    await settle(engine);
    const [run] = engine.catalog.all;
    const x = `h:${textHash('Problem X')}`;
    await engine.handlers().decide({ run: run!.source.id, action: 'exclude', problems: [x, '7', '8'] }, { cancelled: () => false, progress: () => undefined });
    const { problems } = JSON.parse(readFileSync(path.join(root, '.cdas/sampler.json'), 'utf8')) as { problems: Record<string, object> };
    rmSync(root, { recursive: true });
    assert.deepEqual(problems, {
      '7': { membership: 'exclude', index: '7' },
      '8': { membership: 'exclude', textHash: textHash('Problem Z'), index: '8' },
      [x]: { membership: 'exclude', textHash: textHash('Problem X'), index: '7' },
    });
  });
});
