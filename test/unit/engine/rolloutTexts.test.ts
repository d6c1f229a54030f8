import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { groupTexts } from '../../../src/engine/reading/rolloutTexts';
import { contextOf } from '../logs/formats/expectedRun';
import { fixtures, loadOnly, problemWith } from './fixtureRuns';

describe('the texts of a group', () => {
  it('are read from the log with their verdicts', async () => {
    const run = await loadOnly(path.join(fixtures, 'runs/verl_v07'));
    const { id } = run.registry.problems[problemWith(run, 'What is 15% of 80?')]!;
    const group = groupTexts(contextOf(run), id, 1);
    assert.match(group.prompt, /^system\n.*\nuser\nWhat is 15% of 80\?/);
    assert.equal(group.groundTruth, '12');
    assert.equal(group.total, 4);
    assert.equal(group.rollouts.filter(({ correct }) => correct === 1).length, 2);
    for (const { response, correct } of group.rollouts) assert.equal(response.endsWith('#### 12'), correct === 1, response);
  });

  it('are those of the last step with rollouts where no step is named', async () => {
    const run = await loadOnly(path.join(fixtures, 'runs/verl_v07'));
    const { id } = run.registry.problems[problemWith(run, 'What is 15% of 80?')]!;
    assert.equal(groupTexts(contextOf(run), id, null).step, 3);
  });

  it('are reported as missing when the log was rewritten under them, and unknown problems are refused', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'cdas-texts-'));
    after(() => rmSync(directory, { recursive: true }));
    const file = path.join(directory, '1.jsonl');
    writeFileSync(file, `${JSON.stringify({ input: 'user\nQ\nassistant\n', output: 'o', gts: '1', score: 1, step: 1 })}\n`);
    const run = await loadOnly(directory);
    const { id } = run.registry.problems[0]!;
    writeFileSync(file, '{"half');
    const group = groupTexts(contextOf(run), id, 1);
    assert.deepEqual([group.rollouts.length, group.total, group.prompt], [0, 1, 'Q']);
    assert.match(group.missing!, /1 rollouts are no longer/);
    assert.throws(() => groupTexts(contextOf(run), 'h:none', null), /no problem h:none/);
  });

  it('are not those of other rollouts that a rewritten file has in their place', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'cdas-texts-'));
    after(() => rmSync(directory, { recursive: true }));
    const file = path.join(directory, '1.jsonl');
    const row = (question: string, score: number): string => `${JSON.stringify({ input: `user\n${question}\nassistant\n`, output: 'o', score, step: 1 })}\n`;
    writeFileSync(file, row('Q', 1) + row('Q', 0));
    const run = await loadOnly(directory);
    writeFileSync(file, row('R', 1) + row('Q', 1));
    const group = groupTexts(contextOf(run), run.registry.problems[0]!.id, 1);
    assert.deepEqual([group.rollouts, group.total], [[], 2]);
    assert.match(group.missing!, /2 rollouts are no longer/);
  });

  it('are not to be had from a log of counts, and that is said', async () => {
    const run = await loadOnly(path.join(fixtures, 'runs/cdas_official'));
    const group = groupTexts(contextOf(run), run.registry.problems[0]!.id, 1);
    assert.deepEqual(group.rollouts, []);
    assert.match(group.missing!, /holds no responses/);
    assert.match(group.prompt, /\?/);
  });
});
