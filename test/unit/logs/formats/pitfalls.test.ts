import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadOnly } from '../../engine/fixtureRuns';
import { rolloutsOf, summaryOf } from './expectedRun';
import { temporaryDirectory } from '../../temporaryDirectory';

describe('what goes wrong in the logs of several frameworks', () => {
  const directory = temporaryDirectory();

  function write(name: string, ...lines: (string | object)[]): void {
    const file = path.join(directory.path(), name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
  }

  const areal = (prompt: string, sample = 0, reward: unknown = 1): string =>
    `{"task_id": 0, "sample_idx": ${sample}, "reward": ${JSON.stringify(reward)}, "prompt": ${prompt}, "completion": "a"}`;
  const nemo = (fields: object): object => ({ content: [['<|im_start|>user\nQ<|im_end|>\n', 'a']], rewards: [1], ...fields });
  const episode = (fields: object): object => ({
    task: { key: 'k', data: { prompt: 'Q' } },
    ok: true,
    errors: [],
    traces: [{ agent: { trainable: true }, nodes: [], rewards: { r: { score: 1, weight: 1 } } }],
    ...fields,
  });

  it('6: ASCII escapes name the same problem as the characters do, and a lone surrogate breaks nothing', async () => {
    write('rollout/0/0.jsonl', areal('"\\u8ba1\\u7b97 \\ud83d\\ude00"'), areal('"计算 😀"', 1), areal('"\\ud83d"', 2));
    assert.deepEqual((await loadOnly(directory.path())).steps[0]?.groups.map(({ n }) => n), [2, 1]);
  });

  it('8: line separators inside a text end no line', async () => {
    write('rollout/0/0.jsonl', areal('"a\u2028b\u2029c\u0085d"'), areal('"a\u2028b\u2029c\u0085d"', 1));
    const summary = summaryOf(await loadOnly(directory.path()));
    assert.deepEqual([summary.rollouts, summary.problems, summary.health.badLines], [2, 1, 0]);
  });

  it('10: lines that are no objects are counted and left out', async () => {
    write('exp_001/train_data_step1.jsonl', nemo({}), '[1]', 'null', '"text"', '{"content": [["a"', nemo({}));
    const summary = summaryOf(await loadOnly(directory.path()));
    assert.deepEqual([summary.rollouts, summary.health.badLines], [2, 4]);
  });

  it('12: a line of megabytes is one rollout', async () => {
    write('exp_001/train_data_step1.jsonl', nemo({ token_ids: [Array.from({ length: 400_000 }, (_, i) => i)] }), nemo({}));
    assert.equal(summaryOf(await loadOnly(directory.path())).rollouts, 2);
  });

  it('14: steps are ordered as numbers', async () => {
    for (const step of [2, 10, 1]) write(`rollouts/step_${step}/train/all/traces.jsonl`, episode({}));
    assert.deepEqual((await loadOnly(directory.path())).files.namedSteps, [1, 2, 10]);
  });

  it('16: evaluation in the files of training does not count', async () => {
    write('rollouts/step_1/train/all/traces.jsonl', episode({}), episode({ run: { type: 'eval', work: { type: 'eval', step: 1 } } }));
    const summary = summaryOf(await loadOnly(directory.path()));
    assert.equal(summary.rollouts, 1);
    assert.match(summary.health.flags.join(), /1 validation rollout among the training rollouts, left out/);
  });

  it('18: rewards come as numbers, words, lists a token and objects, and null is none', async () => {
    write('rollout/0/0.jsonl', ...[1, true, [0, 0.5, 0.5], { score: 1 }, '1.0', null, 'high'].map((reward, i) => areal('"Q"', i, reward)));
    assert.deepEqual(rolloutsOf(await loadOnly(directory.path()), 0).map(({ reward }) => reward), [1, 1, 1, 1, 1, null, null]);
  });

  it('20: two groups of one problem in a step are one observation of all their rollouts', async () => {
    write('rollouts/step_1/train/all/traces.jsonl', ...['g', 'g', 'h', 'h'].map((id) => episode({ group: { id } })));
    assert.deepEqual((await loadOnly(directory.path())).steps[0]?.groups.map(({ n }) => n), [4]);
  });

  it('26: a line nested beyond measure is one row, whatever it holds', async () => {
    write('exp_001/train_data_step1.jsonl', nemo({}), `{"content": [["Q", "a"]], "rewards": [1], "deep": ${'['.repeat(5000)}${']'.repeat(5000)}}`);
    assert.equal(summaryOf(await loadOnly(directory.path())).rollouts, 2);
  });

  it('28: uneven groups have the rows that are there, and the group size is the usual one', async () => {
    const row = (problem: string): object => episode({ task: { key: problem, data: { prompt: problem } } });
    write('rollouts/step_1/train/all/traces.jsonl', ...['a', 'a', 'a', 'b', 'b', 'b', 'c'].map(row));
    const run = await loadOnly(directory.path());
    assert.deepEqual(run.steps[0]?.groups.map(({ n }) => n), [3, 3, 1]);
    assert.equal(summaryOf(run).groupSize, 3);
  });

  it('30: lists of one and holes in them are read as what they hold', async () => {
    write('exp_001/train_data_step1.jsonl', nemo({ rewards: [], sample_loss_mask: [] }), nemo({ rewards: 1 }), '{"content": [["Q", "a"]], "rewards": [NaN]}', nemo({ content: [] }));
    assert.deepEqual(rolloutsOf(await loadOnly(directory.path()), 1).map(({ reward }) => reward), [null, 1, null, 1]);
  });

  it('36: a number that is written as the word NaN is none', async () => {
    write('rollout/0/0.jsonl', areal('"Q"', 0, 'NaN'), areal('"Q"', 1, 'Infinity'), areal('"Q"', 2, '-Infinity'));
    assert.deepEqual(rolloutsOf(await loadOnly(directory.path()), 0).map(({ reward }) => reward), [null, null, null]);
  });
});
