import assert from 'node:assert/strict';
import type { JsonValue } from '../../../src/core/json';
import { defaultStrategy, readStrategy } from '../../../src/core/samplerStrategy';
import { Observations, type ObservedGroup } from '../../../src/core/strategies/observations';
import { strategies } from '../../../src/core/strategies/strategies';
import { BatchSampler } from '../../support/demo/batchSampler';

const problems = 30;
const size = 6;

const groupOf = (problem: number): ObservedGroup => ({ problem, correct: problem % 5, scored: 4 });

/** Trains some steps; the lower its number, the harder a problem. */
function train(sampler: BatchSampler, steps: number): number[][] {
  return Array.from({ length: steps }, () => {
    const batch = sampler.chooseBatch(size);
    sampler.observe(batch.map(groupOf));
    return batch;
  });
}

function samplerOf(strategy: Readonly<Record<string, JsonValue>>, labels?: readonly (number | null)[]): BatchSampler {
  return new BatchSampler(problems, readStrategy(strategy), labels);
}

describe('the batch sampler of the demo', () => {
  it('takes every problem once in the first epoch of CDAS, unless told to leave it out', () => {
    assert.equal(new Set(train(samplerOf({}), 5).flat()).size, problems);
    assert.ok(new Set(train(samplerOf({ warmup: 'none' }), 5).flat()).size < problems);
  });

  it('takes every problem once in every pass of random', () => {
    const batches = train(samplerOf({ name: 'random' }), 10);
    for (const pass of [batches.slice(0, 5), batches.slice(5)]) assert.equal(new Set(pass.flat()).size, problems);
    assert.notDeepEqual(batches.slice(0, 5), batches.slice(5));
  });

  it('takes the nearest of either side where symmetry is switched off', () => {
    const sides = (symmetric: boolean): number => {
      const sampler = samplerOf({ symmetric });
      train(sampler, 5);
      const { cdas } = sampler;
      return sampler.chooseBatch(size).filter((problem) => cdas.difficulty(problem) > cdas.competence).length;
    };
    assert.equal(sides(true), 3);
    assert.notEqual(sides(false), 3);
  });

  it('goes by the difficulties of the dataset where it gives them', () => {
    const labels = Array.from({ length: problems }, (_, problem) => problems - problem);
    assert.deepEqual(samplerOf({ name: 'static-curriculum' }, labels).chooseBatch(3), [29, 28, 27]);
  });

  it('weighs what it sees by the parameters of a strategy from the step on at which that takes over', () => {
    const sampler = samplerOf({ name: 'random' });
    const seen = new Observations(problems);
    const watch = (batches: readonly number[][]): void => {
      for (const batch of batches) {
        seen.noteDrawn(batch);
        seen.observe(batch.map(groupOf));
      }
    };
    watch(train(sampler, 3));
    assert.deepEqual(sampler.follow(readStrategy({ name: 'mopps', decay: 0.9, seed: 2 })), []);
    seen.follow({ decay: 0.9 });
    watch(train(sampler, 2));
    assert.deepEqual(sampler.follow(readStrategy({ name: 'cdas', warmup: 'none' })), []);
    watch(train(sampler, 2));
    assert.deepEqual(sampler.follow(readStrategy({ name: 'mopps', decay: 0.9, seed: 2 })), []);
    assert.deepEqual(sampler.chooseBatch(size), strategies.get('mopps')!.choose(seen, { batch: size, seed: 2, draw: 7 }));
  });

  it('rates the steps before anew when the mode changes', () => {
    const changed = samplerOf({ name: 'random' });
    train(changed, 5);
    changed.follow(readStrategy({ mode: 'official-compat' }));
    const fresh = samplerOf({ name: 'random', mode: 'official-compat' });
    train(fresh, 5);
    assert.deepEqual([...changed.cdas.difficultyColumn()], [...fresh.cdas.difficultyColumn()]);
  });

  for (const [what, strategy, why] of [
    ['an unknown name', { name: 'luck' }, /^Unknown strategy "luck"; use one of cdas, random/],
    ['an unknown parameter', { name: 'mopps', speed: 2 }, /has no parameter "speed"/],
    ['a parameter out of its range', { name: 'mopps', target: 7 }, /must be a number from 0 to 1, not 7/],
    ['a seed that is no whole number', { seed: 0.5 }, /whole number, not 0\.5/],
  ] as const) {
    it(`stays with the strategy in force, and says why, for ${what}`, () => {
      const [told, untold] = [samplerOf({ name: 'learnability' }), samplerOf({ name: 'learnability' })];
      assert.deepEqual(train(told, 2), train(untold, 2));
      assert.match(told.follow({ ...defaultStrategy, ...strategy }).join(' '), why);
      assert.deepEqual(train(told, 3), train(untold, 3));
      assert.equal(told.described(size).strategy.name, 'learnability');
    });
  }

  it('forgets a problem whose answer changed, also for other strategies than CDAS', () => {
    const sampler = samplerOf({ name: 'static-curriculum', warmup: 'none' });
    train(sampler, 5);
    sampler.decide({ pinned: [], excluded: [], rescored: [4] });
    assert.equal(sampler.cdas.visits(4), 0);
    // Always solved before, so the easiest; now of the middle.
    assert.ok(!sampler.chooseBatch(size).includes(4));
  });

  it('is the same after a way through a checkpoint', () => {
    const sampler = samplerOf({});
    train(sampler, 4);
    sampler.follow({ ...defaultStrategy, name: 'mopps', seed: 9, decay: 0.8 });
    sampler.decide({ pinned: [3], excluded: [4, 5], rescored: [6] });
    train(sampler, 3);
    const restored = samplerOf({});
    // It went through JSON.
    restored.restore(JSON.parse(JSON.stringify(sampler.state())) as ReturnType<BatchSampler['state']>);
    assert.deepEqual(restored.described(size), sampler.described(size));
    assert.equal(restored.cdas.difficultySum, sampler.cdas.difficultySum);
    assert.deepEqual(train(restored, 5), train(sampler, 5));
  });
});
