import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '../../../src/core/json';
import { temporaryDirectory } from '../temporaryDirectory';
import { cliJson, fixtures, runCli } from './cliProcess';

const v07 = path.join(fixtures, 'runs', 'verl_v07');
const dataset = path.join(fixtures, 'datasets', 'math8_verl.jsonl');

describe('cdas-lens doctor', () => {
  const directory = temporaryDirectory();

  it('prints one JSON document with all parts of the report', () => {
    const report = cliJson(['doctor', v07, '--dataset', dataset]);
    assert.ok(isRecord(report) && isRecord(report['found']));
    assert.deepEqual(Object.keys(report), ['run', 'found', 'claims', 'joins', 'correct', 'findings', 'metrics', 'storedRatings']);
    assert.deepEqual([report['found']['rollouts'], report['found']['datasetFile']], [64, dataset]);
    assert.deepEqual(report['metrics'], [{ file: 'cdas_demo/qwen_gsm8k.jsonl', kind: 'verl file logger', series: 8 }]);
  });

  it('tells people what the log supports, and the lines that mend it', () => {
    const { code, stdout } = runCli(['doctor', v07]);
    assert.equal(code, 0);
    assert.match(stdout, /^- Pass rates: yes\. 64 rollouts judged by: score > 0\.5/mu);
    assert.match(stdout, /^ {2}- .*custom_reward_function\.path=pkg:\/\/cdas_lens\.verl/mu);
  });

  it('reports a dataset that does not fit, with texts of both, and examines the log without it', () => {
    const other = path.join(directory.path(), 'other.jsonl');
    writeFileSync(other, '{"prompt": "Something else entirely"}\n');
    const { code, stdout } = runCli(['doctor', v07, '--dataset', other]);
    assert.equal(code, 0);
    assert.match(stdout, /^- Warning: The dataset is not used: no problem of the log matches a row of .*other\.jsonl.*\n {2}- first of 1 dataset row: Something else entirely\n {2}- log: Tom has 3 boxes/mu);
    assert.match(stdout, /^- Pass rates: yes/mu);
  });

  it('reports a dataset that cannot be read', () => {
    const { code, stdout } = runCli(['doctor', v07, '--dataset', path.join(directory.path(), 'none.jsonl')]);
    assert.equal(code, 0);
    assert.match(stdout, /^- Warning: The dataset is not used: there is no file .*Name the right one/mu);
  });

  it('judges by a threshold that is given', () => {
    const { stdout } = runCli(['doctor', path.join(fixtures, 'hostile', '29_reward_scales', 'fraction'), '--threshold', '0.5']);
    assert.match(stdout, /^- Pass rates: yes\. .*score ≥ 0\.5, as set/mu);
  });

  it('sends nothing of a log to the terminal but text', () => {
    const line = (prompt: string): string => `${JSON.stringify({ input: prompt, output: 'x', score: 1, step: 1 })}\n`;
    writeFileSync(path.join(directory.path(), '1.jsonl'), line('\u001b[31mred\u0007 \u202e hidden'));
    const { code, stdout } = runCli(['doctor', directory.path()]);
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /[\u0007\u001b\u202e]/);
    assert.match(stdout, /\\u001b\[31mred\\u0007 \\u202e hidden/);
  });

  it('says what to name where there is no log', () => {
    const { code, stderr } = runCli(['doctor', path.join(fixtures, 'vectors')]);
    assert.deepEqual([code, /No rollout log in .* Name the directory/.test(stderr)], [1, true]);
  });
});
