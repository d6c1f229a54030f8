import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openRuns } from '../../../../src/logs/discovery/discover';
import { RunMetrics } from '../../../../src/logs/metrics/runMetrics';
import { fixtures } from '../../engine/fixtureRuns';
import { eventFile } from './eventFile';
import { temporaryDirectory } from '../../temporaryDirectory';

const all = 1 << 30;
const rollout = '{"schema":"cdas-rollout/1","step":1,"problem_id":"p","reward":1}\n';

describe('the metrics of a run', () => {
  const directory = temporaryDirectory();

  async function metricsOf(target: string): Promise<RunMetrics> {
    const [source] = (await openRuns(target)).runs;
    const metrics = new RunMetrics(source!);
    metrics.poll(all, 0);
    return metrics;
  }

  function neutralRun(): string {
    const run = path.join(directory.path(), 'run');
    mkdirSync(run, { recursive: true });
    writeFileSync(path.join(run, 'rollouts-1.jsonl'), rollout);
    return run;
  }

  it('of verl are found by the project and the experiment of its configuration', async () => {
    const metrics = await metricsOf(path.join(fixtures, 'runs/verl_v07'));
    assert.deepEqual(metrics.metric('actor/entropy'), {
      name: 'actor/entropy',
      steps: [1, 2, 3, 4],
      values: [0.58, 0.55, 0.52, 0.49],
      files: [path.join(fixtures, 'runs/verl_v07/cdas_demo/qwen_gsm8k.jsonl')],
    });
    assert.ok(metrics.names.includes('val-core/openai/gsm8k/reward/mean@1'));
  });

  it('of prime-rl are found beside its rollouts', async () => {
    const metrics = await metricsOf(path.join(fixtures, 'runs/prime_rl_head'));
    assert.deepEqual(metrics.names, ['loss/mean', 'reward/all/mean']);
  });

  it('are those of the last checkpoint and of every launch’s tensorboard file, the later launch winning', async () => {
    const run = neutralRun();
    for (const [step, loss] of [[9, 1], [10, 2]] as const) {
      mkdirSync(path.join(run, `checkpoint-${step}`));
      writeFileSync(path.join(run, `checkpoint-${step}`, 'trainer_state.json'), `{"log_history":[{"step":${step},"loss":${loss}}]}`);
    }
    for (const launch of [1, 2]) {
      mkdirSync(path.join(run, 'runs', `Nov0${launch}`), { recursive: true });
      writeFileSync(path.join(run, 'runs', `Nov0${launch}`, `events.out.tfevents.${launch}.host`), eventFile([launch, 3].map((step) => ({ step, tag: 'kl', value: launch }))));
    }
    const metrics = await metricsOf(run);
    assert.deepEqual(metrics.metric('loss')?.steps, [10]);
    const { steps, values } = metrics.metric('kl')!;
    assert.deepEqual([steps, values], [[1, 2, 3], [1, 2, 2]]);
  });

  it('are not taken from a neighbouring run', async () => {
    const run = neutralRun();
    writeFileSync(path.join(directory.path(), 'metrics.jsonl'), '{"step":1,"loss":1}\n');
    mkdirSync(path.join(directory.path(), 'other'));
    writeFileSync(path.join(directory.path(), 'other', 'metrics.jsonl'), '{"step":1,"loss":1}\n');
    assert.deepEqual((await metricsOf(run)).names, []);
  });

  it('follow files that grow and files that come later', async () => {
    const run = neutralRun();
    const metrics = await metricsOf(run);
    const file = path.join(run, 'metrics.jsonl');
    writeFileSync(file, '{"step":1,"loss":1}\n');
    assert.equal(metrics.poll(all, 1000).changed, false);
    assert.equal(metrics.poll(all, 30_000).changed, true);
    appendFileSync(file, '{"step":2,"loss":2}\n');
    assert.equal(metrics.poll(all, 30_001).changed, true);
    assert.deepEqual(metrics.metric('loss')?.values, [1, 2]);
    assert.equal(metrics.poll(all, 30_002).changed, false);
  });

  it('are read in turns where a budget is given', async () => {
    const run = neutralRun();
    writeFileSync(path.join(run, 'metrics.jsonl'), Array.from({ length: 60_000 }, (_, step) => `{"step":${step},"loss":${step}}\n`).join(''));
    const metrics = new RunMetrics((await openRuns(run)).runs[0]!);
    let turns = 1;
    while (metrics.poll(1 << 16, 0).more) turns++;
    assert.ok(turns > 1);
    assert.equal(metrics.metric('loss')?.steps.at(-1), 59_999);
  });

  it('say why a file cannot be read and keep what was read of it', async () => {
    const run = neutralRun();
    const file = path.join(run, 'metrics.jsonl');
    writeFileSync(file, '{"step":1,"loss":1}\n');
    const metrics = await metricsOf(run);
    rmSync(file);
    metrics.poll(all, 1);
    assert.match(metrics.files[0]!.notes.join(), /ENOENT/);
    assert.deepEqual(metrics.names, ['loss']);
  });

  it('of a run whose directory is gone are none, and no error', async () => {
    const run = path.join(directory.path(), 'copy');
    cpSync(path.join(fixtures, 'runs/verl_v07'), run, { recursive: true });
    const [source] = (await openRuns(run)).runs;
    rmSync(run, { recursive: true });
    const metrics = new RunMetrics(source!);
    assert.deepEqual(metrics.poll(all, 0), { changed: false, more: false });
  });
});
