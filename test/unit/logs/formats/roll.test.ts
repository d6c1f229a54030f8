import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { groupTexts } from '../../../../src/engine/reading/rolloutTexts';
import { rollFormat } from '../../../../src/logs/formats/roll';
import { temporaryDirectory } from '../../temporaryDirectory';
import { fixtures, loadOnly } from '../../engine/fixtureRuns';
import { assertHolds, contextOf, loadExpected, summaryOf } from './expectedRun';

describe('ROLL rollout dumps', () => {
  it('equal what the fixture’s maker put in, and join the dataset by its ids', async () => {
    const { run, expected } = await loadExpected('roll_rlvr', { dataset: path.join(fixtures, 'datasets/math8_roll.jsonl') });
    assertHolds(run, expected);
    const summary = summaryOf(run);
    assert.deepEqual([summary.framework, summary.name, summary.firstStep], ['roll', 'roll_rlvr', 0]);
    assert.deepEqual(summary.identity, { explicit: 8, matched: 0, ambiguous: 0, unmatched: 0 });
    assert.deepEqual(run.registry.problems.find(({ id }) => id === '3')?.rows, [3]);
  });

  it('come to the competence that the same rollouts have in a log that counts its steps from 1', async () => {
    const competence = ({ run }: Awaited<ReturnType<typeof loadExpected>>): (number | undefined)[] => [0, 1, 2, 3].map((position) => run.history.competenceAfter(position));
    assert.deepEqual(competence(await loadExpected('roll_rlvr')), competence(await loadExpected('trl_grpo')));
  });

  it('have as many rows as prompt and responses both have, and an empty id is none', () => {
    const rows = rollFormat.readRow({ id: ['', '7', '8'], prompt: ['a', 'b', 'c'], responses: ['x', 'y'], scores: [1], global_step: 4 }, { rawNumber: () => null });
    assert.deepEqual(rows.map(({ explicitId, reward, step }) => [explicitId, reward, step]), [[null, 1, 4], ['7', null, 4]]);
  });

  describe('of the agentic pipeline', () => {
    const directory = temporaryDirectory();
    const dump = (columns: object): void => writeFileSync(path.join(directory.path(), 'rollout_dump_data.step_3.jsonl'), `${JSON.stringify(columns)}\n`);
    const episodes = { model_name: ['m', 'm', 'm'], stop_reason: ['done', 'done', 'done'], episode_score: [1, 0, 1], mode: ['train', 'train', 'val'], save_content: ['{"a": 1}', '{"a": 2}', '{}'], global_step: [3, 3, 3] };

    it('are known by the index of their task, evaluation left out', async () => {
      dump({ task_idx: [7, 7, 7], ...episodes });
      const run = await loadOnly(directory.path());
      assert.deepEqual(run.registry.problems.map(({ id }) => id), ['7']);
      assert.deepEqual([run.steps[0]?.step, run.steps[0]?.rollouts, summaryOf(run).latest?.passRate], [3, 2, 0.5]);
      assert.deepEqual(groupTexts(contextOf(run), '7', 3).rollouts.map(({ response }) => response), ['{"a": 1}', '{"a": 2}']);
    });

    it('give no rates where the environment dumps no index', async () => {
      dump(episodes);
      const summary = summaryOf(await loadOnly(directory.path()));
      assert.equal(summary.latest?.passRate, null);
      assert.match(summary.health.flags.join(), /Add task_idx to the environment’s columns_config/);
    });
  });
});
