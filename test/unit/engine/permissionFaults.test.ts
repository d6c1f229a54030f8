import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Engine } from '../../../src/engine/engine';
import type { RunSummary } from '../../../src/protocol/run';
import { temporaryDirectory } from '../temporaryDirectory';
import { whileOrdinaryUser } from '../ordinaryUser';
import { engineOn, figures, freshFigures, look, settle } from './observedTree';

function rows(step: number, problem: number, correct: number): string {
  return Array.from({ length: 4 }, (_, i) =>
    `${JSON.stringify({ input: `user\nProblem ${problem}\nassistant\n`, output: 'o', gts: '1', score: i < correct ? 1 : 0, step })}\n`,
  ).join('');
}

const episode = (step: number, i: number): string =>
  JSON.stringify({ training_step: step, epoch: 0, episode_id: `q:${i}`, task: { question: 'Q' }, is_correct: i % 2 === 0, trajectories: [{ reward: (i + 1) % 2, steps: [] }] });

describe('an engine whose rights to a log are taken and given back', () => {
  const directory = temporaryDirectory();
  let engine: Engine;
  const log = (...names: readonly string[]): string => path.join(directory.path(), 'runs', ...names);

  beforeEach(function () {
    if (process.platform === 'win32') this.skip();
    chmodSync(directory.path(), 0o755);
    mkdirSync(log('a', 'rollouts'), { recursive: true });
    for (const step of [1, 2]) writeFileSync(log('a', 'rollouts', `${step}.jsonl`), rows(step, 1, step));
    engine = engineOn(log());
  });

  function only(): RunSummary {
    assert.equal(engine.catalog.all.length, 1);
    return engine.catalog.summary(engine.catalog.all[0]!);
  }

  /** Looks once while a place has no rights, then again with them. */
  async function lookWithout(place: string, rights: number): Promise<RunSummary> {
    chmodSync(place, 0);
    await whileOrdinaryUser(() => look(engine));
    const summary = only();
    chmodSync(place, rights);
    return summary;
  }

  async function assertWhole(): Promise<void> {
    await whileOrdinaryUser(() => settle(engine));
    assert.deepEqual(only().health.flags, []);
    assert.deepEqual(figures(engine), await freshFigures(log()));
  }

  it('keeps a file’s rollouts, says what to do, and reads on', async () => {
    await whileOrdinaryUser(() => settle(engine));
    const summary = await lookWithout(log('a', 'rollouts', '2.jsonl'), 0o644);
    assert.equal(summary.rollouts, 8);
    assert.match(summary.health.flags.join(), /2\.jsonl cannot be read \(EACCES\): permission denied\. Give yourself read access to it\. What was read so far is kept, and reading resumes once this is fixed\./);
    appendFileSync(log('a', 'rollouts', '2.jsonl'), rows(2, 3, 1));
    await assertWhole();
    assert.equal(only().rollouts, 12);
  });

  it('knows a run of which no file may be read for a while', async () => {
    await whileOrdinaryUser(() => settle(engine));
    const [run] = engine.catalog.all;
    for (const step of [1, 2]) chmodSync(log('a', 'rollouts', `${step}.jsonl`), 0);
    await whileOrdinaryUser(() => look(engine));
    assert.equal(only().rollouts, 8);
    for (const step of [1, 2]) chmodSync(log('a', 'rollouts', `${step}.jsonl`), 0o644);
    await assertWhole();
    assert.equal(engine.catalog.all[0], run);
  });

  for (const [name, names] of [['log directory', ['a', 'rollouts']], ['run directory', ['a']], ['root', []]] as const) {
    it(`keeps the run when its ${name} may not be read, says so, and reads on`, async () => {
      await whileOrdinaryUser(() => settle(engine));
      const summary = await lookWithout(log(...names), 0o755);
      assert.equal(summary.rollouts, 8);
      assert.match(summary.health.flags.join(), /rollouts cannot be read \(EACCES\)/);
      assert.match(engine.catalog.problems.join(), /cannot be read \(EACCES\)/);
      writeFileSync(log('a', 'rollouts', '3.jsonl'), rows(3, 1, 3));
      await assertWhole();
      assert.equal(only().rollouts, 12);
      assert.deepEqual(engine.catalog.problems, []);
    });
  }

  it('keeps the names in a directory that may be listed and not entered', async () => {
    await whileOrdinaryUser(() => settle(engine));
    chmodSync(log('a', 'rollouts'), 0o444);
    await whileOrdinaryUser(() => look(engine));
    assert.equal(only().rollouts, 8);
    chmodSync(log('a', 'rollouts'), 0o755);
    await assertWhole();
  });

  it('reads a run that could not be read when it was found', async () => {
    chmodSync(log('a', 'rollouts', '2.jsonl'), 0);
    await whileOrdinaryUser(() => settle(engine));
    assert.equal(only().rollouts, 4);
    assert.match(only().health.flags.join(), /2\.jsonl cannot be read/);
    chmodSync(log('a', 'rollouts', '2.jsonl'), 0o644);
    await assertWhole();
    assert.equal(only().rollouts, 8);
  });

  it('does not list a thousand files one by one that may not be read', async () => {
    for (let step = 3; step <= 100; step++) writeFileSync(log('a', 'rollouts', `${step}.jsonl`), rows(step, 1, 1), { mode: 0 });
    await whileOrdinaryUser(() => settle(engine));
    assert.equal(only().health.flags.length, 5);
    assert.match(only().health.flags.join(), /94 more cannot be read/);
  });

  for (const [name, names, pattern] of [
    ['one step', ['r', 'episodes', 'train_step_2_epoch_0'], /train_step_2_epoch_0 cannot be read \(EACCES\)/],
    ['every step', ['r', 'episodes'], /episodes cannot be read \(EACCES\)/],
  ] as const) {
    it(`keeps the episodes of ${name} while its directory may not be read`, async () => {
      engine = engineOn(log('r'));
      for (const step of [1, 2]) {
        mkdirSync(log('r', 'episodes', `train_step_${step}_epoch_0`), { recursive: true });
        for (let i = 0; i < 4; i++) writeFileSync(log('r', 'episodes', `train_step_${step}_epoch_0`, `episode_hash${i}.json`), episode(step, i));
      }
      await whileOrdinaryUser(() => settle(engine));
      assert.equal(only().rollouts, 8);
      const summary = await lookWithout(log(...names), 0o755);
      assert.equal(summary.rollouts, 8);
      assert.match(summary.health.flags.join(), pattern);
      await whileOrdinaryUser(() => settle(engine));
      assert.deepEqual(figures(engine), await freshFigures(log('r')));
    });
  }

  it('forgets what is removed while it looks away', async () => {
    await whileOrdinaryUser(() => settle(engine));
    await lookWithout(log('a'), 0o755);
    symlinkSync(log('a'), log('b'));
    await assertWhole();
    assert.equal(engine.catalog.all.length, 1);
  });
});
