import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settleSettings } from '../../support/demo/settings';
import { allDumps, openRun, questionsOf, receiptsOf, rolloutsOf, samplerConfig, trainSteps, writeSampler } from './runs';
import { temporaryDirectories } from '../temporaryDirectory';

const checkpoints = (dir: string): string => join(dir, 'checkpoints', 'cdas_demo', 'tiny_grpo_arithmetic');

describe('a demo run', () => {
  const newDirectory = temporaryDirectories();

  it('writes the same bytes in one go as when it is stopped and taken up again', () => {
    const [straight, broken] = [newDirectory(), newDirectory()];
    trainSteps(openRun(straight), 10);
    const first = openRun(broken);
    trainSteps(first, 5);
    first.save();
    const second = openRun(broken);
    assert.equal(second.step, 5);
    trainSteps(second, 5);
    assert.deepEqual(allDumps(broken), allDumps(straight));
  });

  it('writes the same bytes under a strategy that took over in the middle, also when it is taken up again', () => {
    const [straight, broken] = [newDirectory(), newDirectory()].map((dir) => {
      const trainer = openRun(dir);
      trainSteps(trainer, 3);
      writeSampler(dir, samplerConfig('sha256:a', { [trainer.problems[4]!.id]: { membership: 'pin' }, [trainer.problems[5]!.id]: { membership: 'exclude' } }, { name: 'mopps', decay: 0.8 }));
      trainSteps(trainer, 2);
      trainer.save();
      return { dir, trainer };
    });
    trainSteps(straight!.trainer, 4);
    trainSteps(openRun(broken!.dir), 4);
    assert.deepEqual(allDumps(broken!.dir), allDumps(straight!.dir));
  });

  it('says what to do about a checkpoint of an earlier version', () => {
    const dir = newDirectory();
    const trainer = openRun(dir);
    trainSteps(trainer, 1);
    trainer.save();
    const path = join(checkpoints(dir), 'global_step_1', 'state.json');
    const state = JSON.parse(readFileSync(path, 'utf8')) as { sampler: { events?: unknown } };
    delete state.sampler.events;
    writeFileSync(path, JSON.stringify(state));
    assert.throws(() => openRun(dir), { name: 'DemoError', message: /another version\)\. Delete .* to train from the start/ });
  });

  it('trains the steps after its last checkpoint again, to the same bytes, when it was killed', () => {
    const dir = newDirectory();
    const killed = openRun(dir);
    trainSteps(killed, 13);
    const before = allDumps(dir);
    const next = openRun(dir);
    assert.equal(next.step, 10);
    trainSteps(next, 3);
    assert.deepEqual(allDumps(dir), before);
    const metrics = readFileSync(join(dir, 'cdas_demo', 'tiny_grpo_arithmetic.jsonl'), 'utf8').trimEnd().split('\n');
    assert.deepEqual(metrics.map((line) => (JSON.parse(line) as { step: number }).step), Array.from({ length: 13 }, (_, i) => i + 1));
  });

  it('goes on under the sampler config that was in force, without a second receipt', () => {
    const dir = newDirectory();
    const first = openRun(dir);
    const problem = first.problems[4]!;
    writeSampler(dir, samplerConfig('sha256:a', { [problem.id]: { membership: 'pin' } }));
    trainSteps(first, 1);
    first.save();
    writeSampler(dir, 'lost');
    trainSteps(openRun(dir), 1);
    assert.ok(questionsOf(dir, 2).includes(problem.text));
    assert.equal(receiptsOf(dir).length, 1);
  });

  it('differs under another seed', () => {
    const [one, other] = [newDirectory(), newDirectory()];
    trainSteps(openRun(one), 1);
    trainSteps(openRun(other, { seed: 8 }), 1);
    assert.notDeepEqual(allDumps(one), allDumps(other));
  });

  it('keeps only the newest checkpoints', () => {
    const dir = newDirectory();
    trainSteps(openRun(dir), 30);
    assert.deepEqual(readdirSync(checkpoints(dir)).sort(), ['global_step_20', 'global_step_30', 'latest_checkpointed_iteration.txt']);
  });

  it('says what to do about a damaged checkpoint', () => {
    const dir = newDirectory();
    const trainer = openRun(dir);
    trainSteps(trainer, 1);
    trainer.save();
    writeFileSync(join(checkpoints(dir), 'global_step_1', 'actor', 'model.bin'), 'short');
    assert.throws(() => openRun(dir), { name: 'DemoError', message: /Delete .* to train from the start/ });
  });

  it('says what to do when rows were added to the dataset of a run', () => {
    const dir = newDirectory();
    const trainer = openRun(dir);
    trainSteps(trainer, 1);
    trainer.save();
    const row = { prompt: [{ role: 'user', content: 'What is 1234 + 4321?' }], reward_model: { ground_truth: '5555' } };
    appendFileSync(join(dir, 'train.jsonl'), JSON.stringify(row));
    assert.throws(() => openRun(dir), { name: 'DemoError', message: /^train\.jsonl has 41 problems, but the run began with 40: / });
  });

  it('refuses to go on with other settings', () => {
    const dir = newDirectory();
    assert.equal(settleSettings(dir, { seed: 4 }).seed, 4);
    assert.equal(settleSettings(dir, {}).seed, 4);
    assert.throws(() => settleSettings(dir, { seed: 5 }), { name: 'DemoError', message: /seed 4, not 5/ });
  });

  it("logs rows with verl's keys, eight for each problem, in the decoded chat template", () => {
    const dir = newDirectory();
    const trainer = openRun(dir);
    trainSteps(trainer, 1);
    const rows = rolloutsOf(dir, 1);
    assert.equal(rows.length, 6 * 8);
    for (const row of rows) {
      assert.deepEqual(Object.keys(row), ['input', 'output', 'gts', 'score', 'step']);
      assert.match(row.input, /^system\nYou are .*\nuser\nWhat is .*\nassistant\n$/);
    }
    assert.match(readFileSync(join(dir, 'rollouts', '1.jsonl'), 'utf8'), /^\{"input": ".*", "score": [01]\.0, "step": 1\}\n/);
    assert.ok(existsSync(join(dir, 'train.jsonl')));
  });
});
