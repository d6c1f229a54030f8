import assert from 'node:assert/strict';
import { Observations } from '../../../src/core/strategies/observations';
import { strategies } from '../../../src/core/strategies/strategies';
import { ArmSampler } from '../../bench/armSampler';
import { purposeSeed } from '../../support/demo/random';

const isExcluded = (): boolean => false;

describe('the sampler of the benchmark', () => {
  it('chooses what the product’s strategy of that name chooses', () => {
    for (const [name, strategy] of strategies) {
      const sampler = new ArmSampler(5, 30, { strategy: name });
      const seen = new Observations(30);
      for (let draw = 1; draw <= 4; draw++) {
        const batch = sampler.chooseBatch({ draw, size: 6, isExcluded });
        assert.deepEqual(batch, strategy.choose(seen, { batch: 6, seed: purposeSeed(5, 'selection'), draw }), name);
        const groups = batch.map((problem) => ({ problem, correct: problem % 5, scored: 4 }));
        seen.noteDrawn(batch);
        seen.observe(groups);
        sampler.observe(groups);
      }
    }
  });

  it('takes every problem once in the first epoch of CDAS, unless told to leave it out', () => {
    const different = (warmUp: boolean): number => {
      const sampler = new ArmSampler(5, 30, { strategy: 'cdas', warmUp });
      return new Set([1, 2, 3, 4, 5].flatMap((draw) => {
        const batch = sampler.chooseBatch({ draw, size: 6, isExcluded });
        sampler.observe(batch.map((problem) => ({ problem, correct: 2, scored: 4 })));
        return batch;
      })).size;
    };
    assert.equal(different(true), 30);
    assert.ok(different(false) < 30);
  });

  it('never draws an excluded problem, in the first epoch or after it', () => {
    const sampler = new ArmSampler(5, 30, { strategy: 'cdas' });
    for (let draw = 1; draw <= 8; draw++) {
      const batch = sampler.chooseBatch({ draw, size: 6, isExcluded: (problem) => problem % 3 === 0 });
      assert.ok(batch.length === 6 && batch.every((problem) => problem % 3 !== 0), `draw ${draw}`);
      sampler.observe(batch.map((problem) => ({ problem, correct: 2, scored: 4 })));
    }
  });

  it('goes by labels where it has them', () => {
    const labels = Array.from({ length: 10 }, (_, problem) => 10 - problem);
    assert.deepEqual(new ArmSampler(5, 10, { strategy: 'static-curriculum', labels }).chooseBatch({ draw: 1, size: 3, isExcluded }), [9, 8, 7]);
  });

  it('names the strategies there are when asked for another', () => {
    assert.throws(() => new ArmSampler(5, 10, { strategy: 'luck' }).chooseBatch({ draw: 1, size: 3, isExcluded }), /There is no strategy luck; there are cdas, random/);
  });
});
