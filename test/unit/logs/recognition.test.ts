import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { discoverRuns } from '../../../src/logs/discovery/discover';
import { fixtures } from '../engine/fixtureRuns';
import { fixtureRun } from './formats/expectedRun';

const foreign = path.join(fixtures, 'foreign');

async function variantsIn(directory: string): Promise<readonly string[]> {
  return (await discoverRuns([directory])).runs.map(({ format, variant }) => `${format.framework}: ${variant}`);
}

describe('files that are named or shaped like rollout logs and are none', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'cdas-foreign-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  for (const name of readdirSync(foreign)) {
    it(`are no run: ${name.replaceAll('_', ' ')}`, async () => {
      // By itself: a log beside it might speak for it.
      cpSync(path.join(foreign, name), path.join(directory, name), { recursive: true });
      assert.deepEqual(await discoverRuns([directory]), { runs: [], problems: [], unsearched: [] });
    });
  }

  it('are none compressed either', async () => {
    writeFileSync(path.join(directory, 'points_sampling.json.gz'), gzipSync('[{"x": 1}]'));
    assert.deepEqual(await variantsIn(directory), []);
  });
});

describe('logs that are looked into as far as they are written', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'cdas-begun-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  for (const [what, text] of [
    ['nothing', ''],
    ['an empty list', '[]'],
    ['its first bracket', '[\n  {'],
    ['half a name', '[\n  {\n    "st'],
    ['a step', '[{"step": 1'],
    ['a result before its step', '[{"result": {'],
  ] as const) {
    it(`are the CDAS authors’ sampling log with ${what} in it`, async () => {
      writeFileSync(path.join(directory, 'exp_sampling.json'), text);
      assert.deepEqual(await variantsIn(directory), ['cdas: sampling log']);
    });
  }

  it('are TRL’s where the first file is cut short, and where files are compressed', async () => {
    writeFileSync(path.join(directory, 'completions_00001.parquet'), 'PAR1');
    assert.deepEqual(await variantsIn(directory), ['trl: completions']);
    rmSync(path.join(directory, 'completions_00001.parquet'));
    const [file = ''] = readdirSync(path.join(fixtureRun('trl_grpo'), 'completions'));
    cpSync(path.join(fixtureRun('trl_grpo'), 'completions', file), path.join(directory, `${file}.gz`));
    assert.deepEqual(await variantsIn(directory), ['trl: completions']);
  });
});

describe('a directory that is named for validation', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'cdas-named-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('holds a run where the trainer marks its evaluation: an experiment may be called a test', async () => {
    cpSync(path.join(fixtureRun('nemo_rl_tokens')), path.join(directory, 'first_test'), { recursive: true });
    cpSync(path.join(fixtureRun('trl_grpo'), 'completions'), path.join(directory, 'eval'), { recursive: true });
    assert.deepEqual([...(await variantsIn(directory))].sort(), ['nemo-rl: train_data_step, token ids', 'trl: completions']);
  });

  it('holds validation where the trainer writes it as it writes training', async () => {
    cpSync(path.join(fixtureRun('verl_v07'), 'rollouts'), path.join(directory, 'rollouts_val'), { recursive: true });
    cpSync(path.join(fixtureRun('areal_2026_08'), 'logs/user/math8/trial0/rollout'), path.join(directory, 'eval-rollout'), { recursive: true });
    assert.deepEqual(await variantsIn(directory), []);
  });
});
