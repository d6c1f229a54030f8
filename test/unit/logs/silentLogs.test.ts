import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ObservedRun } from '../../../src/engine/observedRun';
import { openRuns } from '../../../src/logs/discovery/discover';
import { fixtures, loadOnly } from '../engine/fixtureRuns';
import { summaryOf } from './formats/expectedRun';
import { temporaryDirectory } from '../temporaryDirectory';

describe('runs without rollouts to read', () => {
  const directory = temporaryDirectory();

  function write(name: string, content: string): void {
    mkdirSync(path.dirname(path.join(directory.path(), name)), { recursive: true });
    writeFileSync(path.join(directory.path(), name), content);
  }

  function assertAdvised(run: ObservedRun, framework: string, advice: RegExp): void {
    const summary = summaryOf(run);
    assert.deepEqual([summary.framework, summary.steps, summary.rollouts, summary.loaded, summary.health.flags.length], [framework, 0, 0, true, 1]);
    assert.match(summary.health.flags[0]!, advice);
  }

  it('of slime are named by their pickle, which is not loaded, with the option that logs them', async () => {
    write('dump/rollout_data/0.pt', 'PK\u0003\u0004archive/data.pkl\u0080\u0002}(X\n\u0000\u0000\u0000rollout_idK\u0000X\u0007\u0000\u0000\u0000samples');
    assertAdvised(await loadOnly(directory.path()), 'slime', /pickle.*--custom-rollout-log-function-path/);
  });

  it('of slime are named by their pickle whatever the template of its name is', async () => {
    write('debug/data_17.pt', 'PK\u0003\u0004data_17/data.pkl\u0080\u0002}(X\n\u0000\u0000\u0000rollout_idK\u0011X\u0007\u0000\u0000\u0000samples');
    assertAdvised(await loadOnly(directory.path()), 'slime', /pickle/);
  });

  it('of slime are named by their checkpoints', async () => {
    write('save/latest_checkpointed_iteration.txt', '4');
    write('save/rollout/global_dataset_state_dict_4.pt', 'x');
    assertAdvised(await loadOnly(directory.path()), 'slime', /does not log rollouts.*--custom-rollout-log-function-path/);
  });

  it('are not seen in other numbered torch files', async () => {
    write('weights/1.pt', 'PK\u0003\u0004archive/data.pkl weights');
    assert.deepEqual((await openRuns(directory.path())).runs, []);
  });

  it('of SkyRL are named by their dumped training batches', async () => {
    write('exports/dumped_data/global_step_3_training_input.pkl', 'x');
    assertAdvised(await loadOnly(directory.path()), 'skyrl', /pickle.*RolloutWriter/);
  });

  const state = 'checkpoints/exp_cdas.json';

  it('of the CDAS authors are named by the ratings that they stored', async () => {
    write(state, '{"model_abilities": [0], "problem_difficulties": {}}');
    assertAdvised(await loadOnly(directory.path()), 'cdas', /put that file next to/);
  });

  it('of the CDAS authors are none where the sampling log lies next to them', async () => {
    write(state, '{"model_abilities": [0], "problem_difficulties": {}}');
    write('sampling_log/exp_sampling.json', '[{"step": 1, "result": {"Q": [1, 1, 0.5]}}]');
    const { runs } = await openRuns(directory.path());
    assert.deepEqual(runs.map(({ variant }) => variant), ['sampling log']);
  });

  it('of NeMo-RL are named by their trajectories in parquet, and give way to its rows of JSON', async () => {
    cpSync(path.join(fixtures, 'silent/nemo_rl_trajectories'), directory.path(), { recursive: true });
    assertAdvised(await loadOnly(directory.path()), 'nemo-rl', /trajectory log \(parquet\).*train_data_step1\.jsonl/);
    cpSync(path.join(fixtures, 'runs/nemo_rl_tokens'), directory.path(), { recursive: true });
    assert.deepEqual((await openRuns(directory.path())).runs.map(({ variant }) => variant), ['train_data_step, token ids']);
  });

  it('are not made of tables of other programs that lie in directories for each step', async () => {
    const step = path.join(directory.path(), 'step=00000000');
    mkdirSync(step);
    cpSync(path.join(fixtures, 'runs/trl_names/completions/completions_00001.parquet'), path.join(step, `part-${'0'.repeat(32)}.parquet`));
    assert.deepEqual((await openRuns(directory.path())).runs, []);
  });

  const config = (rollouts: string): string => `actor_rollout_ref: {rollout: {n: 4}}\ntrainer: {experiment_name: quiet, rollout_data_dir: ${rollouts}}\n`;

  it('of verl are named by their configuration, with the line that switches the dump on', async () => {
    write('outputs/2026-01-30/09-12-44/.hydra/config.yaml', config('null'));
    const run = await loadOnly(directory.path());
    assertAdvised(run, 'verl', /trainer\.rollout_data_dir=.*rollouts/);
    assert.equal(run.source.name, 'quiet');
  });

  it('give way to the log that a later launch writes, as another run', async () => {
    write('outputs/2026-01-30/09-12-44/.hydra/config.yaml', config('null'));
    const [before] = (await openRuns(directory.path())).runs;
    write('outputs/2026-01-31/09-12-44/.hydra/config.yaml', config('rollouts'));
    cpSync(path.join(fixtures, 'runs/verl_v07/rollouts'), path.join(directory.path(), 'rollouts'), { recursive: true });
    const run = await loadOnly(directory.path());
    assert.deepEqual([run.source.name, run.steps.length], ['quiet', 4]);
    assert.notEqual(run.source.id, before?.id);
  });

  it('are not made of configurations of other programs', async () => {
    write('outputs/2026-01-30/09-12-44/.hydra/config.yaml', 'trainer: {max_epochs: 3}\n');
    assert.deepEqual((await openRuns(directory.path())).runs, []);
  });
});
