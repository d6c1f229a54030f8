import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFacts } from '../../../../src/engine/logFindings';
import { fixtures, loadOnly } from '../../engine/fixtureRuns';
import { fixtureRun, rolloutsOf, summaryOf } from './expectedRun';

describe('logs that support less than a training record', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'cdas-partial-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('of SkyRL are evaluation: its groups are there, and no figure of training is drawn from them', async () => {
    const run = await loadOnly(fixtureRun('skyrl_eval'));
    const summary = summaryOf(run);
    assert.deepEqual([summary.framework, summary.variant, summary.name, summary.rollouts, summary.groupSize], ['skyrl', 'evaluation', 'skyrl_eval', 8, 2]);
    assert.deepEqual(run.steps.map(({ step, groups }) => [step, groups.map(({ n, correct }) => [n, correct])]), [[2, [[2, 1], [2, 1]]], [4, [[2, 2], [2, 1]]]]);
    assert.deepEqual([summary.latest?.passRate, summary.latest?.competence, summary.latest?.mixed], [null, null, null]);
    assert.match(summary.health.flags.join(), /SkyRL writes evaluation only/);
  });

  it('of open-instruct lose only the lines that two writers tore (hostile 27), and refuse pass rates', async () => {
    const run = await loadOnly(path.join(fixtures, 'hostile/27_interleaved'));
    const summary = summaryOf(run);
    assert.deepEqual([summary.rollouts, summary.health.badLines, summary.completeness, summary.latest?.passRate], [2, 2, 'survivors', null]);
    assert.match(summary.health.flags.join(), /filter_zero_std_samples/);
  });

  it('of open-instruct tell problems apart by prompt tokens, and the later launch of a step counts', async () => {
    const row = (step: number, tokens: number[], reward: number): string => `${JSON.stringify({ step, sample_idx: 0, prompt_idx: 0, prompt_tokens: tokens, response_tokens: [1], reward, ground_truth: ['4'] }).replace('}', ', "logprobs": [NaN]}')}\n`;
    writeFileSync(path.join(directory, 'grpo__1__100_rollouts_000000.jsonl'), row(1, [1, 2], 10) + row(1, [1, 2], 0) + row(1, [1, 3], 0) + row(2, [1, 2], 0));
    writeFileSync(path.join(directory, 'grpo__1__200_rollouts_000000.jsonl'), row(2, [1, 3], 10));
    writeFileSync(path.join(directory, 'grpo__1__200_metadata.jsonl'), '{"run_name": "grpo"}\n');
    const run = await loadOnly(directory);
    assert.deepEqual(run.steps.map(({ step, groups }) => [step, groups.map(({ n }) => n)]), [[1, [2, 1]], [2, [1]]]);
    assert.equal(summaryOf(run).health.superseded, 1);
    assert.deepEqual(rolloutsOf(run, 2).map(({ reward }) => reward), [10]);
    assert.deepEqual(summaryOf(run).identity, { explicit: 0, matched: 0, ambiguous: 0, unmatched: 2 });
  });

  it('of tinker have pass rates and group shares, and no difficulty, since no problem is named', async () => {
    for (const iteration of [0, 1]) {
      const folder = path.join(directory, `iteration_${String(iteration).padStart(6, '0')}`);
      mkdirSync(folder);
      const row = (split: string, group: number, trajectory: number, reward: number): string => `${JSON.stringify({ schema_version: 1, split, iteration, group_idx: group, traj_idx: trajectory, total_reward: reward, final_reward: reward, steps: [] })}\n`;
      writeFileSync(path.join(folder, 'train_rollout_summaries.jsonl'), row('train', 0, 0, 1) + row('train', 0, 1, 0) + row('train', 1, 0, 1) + row('train', 1, 1, 1));
      writeFileSync(path.join(folder, 'eval_math_rollout_summaries.jsonl'), row('eval', 0, 0, 0));
    }
    const run = await loadOnly(directory);
    const summary = summaryOf(run);
    assert.deepEqual([summary.framework, summary.rollouts, summary.groupSize, summary.firstStep], ['tinker', 8, 2, 0]);
    const { passRate, mixed, allPass, competence } = summary.latest!;
    assert.deepEqual([passRate, mixed, allPass, competence], [0.75, 1, 1, null]);
    assert.deepEqual([findFacts(run).supportsPassRates, findFacts(run).supportsDifficulty], [true, false]);
    assert.match(summary.health.flags.join(), /do not say which problem/);
  });
});
