import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { discoverRuns } from '../../../src/logs/discovery/discover';
import { fixtures, loadOnly } from '../engine/fixtureRuns';
import { fixtureRun, summaryOf } from './formats/expectedRun';
import { temporaryDirectory } from '../temporaryDirectory';

const foreign = path.join(fixtures, 'foreign');

async function variantsIn(directory: string): Promise<readonly string[]> {
  return (await discoverRuns([directory])).runs.map(({ format, variant }) => `${format.framework}: ${variant}`);
}

describe('files that are named or shaped like rollout logs and are none', () => {
  const directory = temporaryDirectory();

  for (const name of readdirSync(foreign)) {
    it(`are no run: ${name.replaceAll('_', ' ')}`, async () => {
      // By itself: a log beside it might speak for it.
      cpSync(path.join(foreign, name), path.join(directory.path(), name), { recursive: true });
      assert.deepEqual(await discoverRuns([directory.path()]), { runs: [], problems: [], unsearched: [] });
    });
  }

  it('are none compressed either', async () => {
    writeFileSync(path.join(directory.path(), 'points_sampling.json.gz'), gzipSync('[{"x": 1}]'));
    assert.deepEqual(await variantsIn(directory.path()), []);
  });
});

describe('logs that are looked into as far as they are written', () => {
  const directory = temporaryDirectory();

  for (const [what, text] of [
    ['nothing', ''],
    ['an empty list', '[]'],
    ['its first bracket', '[\n  {'],
    ['half a name', '[\n  {\n    "st'],
    ['a step', '[{"step": 1'],
    ['a result before its step', '[{"result": {'],
  ] as const) {
    it(`are the CDAS authors’ sampling log with ${what} in it`, async () => {
      writeFileSync(path.join(directory.path(), 'exp_sampling.json'), text);
      assert.deepEqual(await variantsIn(directory.path()), ['cdas: sampling log']);
    });
  }

  it('are TRL’s where the first file is cut short, and where files are compressed', async () => {
    writeFileSync(path.join(directory.path(), 'completions_00001.parquet'), 'PAR1');
    assert.deepEqual(await variantsIn(directory.path()), ['trl: completions']);
    rmSync(path.join(directory.path(), 'completions_00001.parquet'));
    const [file = ''] = readdirSync(path.join(fixtureRun('trl_grpo'), 'completions'));
    cpSync(path.join(fixtureRun('trl_grpo'), 'completions', file), path.join(directory.path(), `${file}.gz`));
    assert.deepEqual(await variantsIn(directory.path()), ['trl: completions']);
  });
});

describe('a directory that is named for validation', () => {
  const directory = temporaryDirectory();

  it('holds a run where the trainer marks its evaluation: an experiment may be called a test', async () => {
    cpSync(path.join(fixtureRun('nemo_rl_tokens')), path.join(directory.path(), 'first_test'), { recursive: true });
    cpSync(path.join(fixtureRun('trl_grpo'), 'completions'), path.join(directory.path(), 'eval'), { recursive: true });
    assert.deepEqual([...(await variantsIn(directory.path()))].sort(), ['nemo-rl: train_data_step, token ids', 'trl: completions']);
  });

  it('holds validation where the trainer writes it as it writes training', async () => {
    cpSync(path.join(fixtureRun('verl_v07'), 'rollouts'), path.join(directory.path(), 'rollouts_val'), { recursive: true });
    cpSync(path.join(fixtureRun('areal_2026_08'), 'logs/user/math8/trial0/rollout'), path.join(directory.path(), 'eval-rollout'), { recursive: true });
    assert.deepEqual(await variantsIn(directory.path()), []);
  });

  describe('and one that is not', () => {
    const dump = (steps: readonly number[], added: object): void => {
      for (const step of steps) writeFileSync(path.join(directory.path(), `${step}.jsonl`), `${JSON.stringify({ input: 'user\n1+1?\nassistant\n', output: '2', gts: '2', score: 1, step, ...added })}\n`);
    };

    it('holds validation where verl’s rows have the reward that it adds to them, before the first step or now and then', async () => {
      dump([0, 1, 2], { reward: 1 });
      assert.deepEqual(await variantsIn(directory.path()), []);
      rmSync(path.join(directory.path(), '0.jsonl'));
      assert.deepEqual(await variantsIn(directory.path()), ['verl: G1']);
      rmSync(path.join(directory.path(), '2.jsonl'));
      dump([11, 21], { reward: 1 });
      assert.deepEqual(await variantsIn(directory.path()), []);
    });

    it('holds a run where the rows lack it, or where a configuration names the directory for training', async () => {
      dump([0, 10, 20], {});
      assert.deepEqual(await variantsIn(directory.path()), ['verl: G1']);
      dump([0, 10, 20], { reward: 1 });
      const hydra = path.join(directory.path(), 'outputs/2026-01-01/10-00-00/.hydra');
      mkdirSync(hydra, { recursive: true });
      writeFileSync(path.join(hydra, 'config.yaml'), `trainer:\n  rollout_data_dir: ${directory.path()}\nactor_rollout_ref: {}\n`);
      assert.deepEqual(await variantsIn(directory.path()), ['verl: G1']);
    });

    it('gives no figure of training when a person opens it', async () => {
      dump([0, 5, 10], { reward: 1 });
      const summary = summaryOf(await loadOnly(directory.path()));
      assert.deepEqual([summary.rollouts, summary.latest?.passRate, summary.latest?.competence], [3, null, null]);
      assert.match(summary.health.flags.join(), /holds validation/);
    });
  });
});
