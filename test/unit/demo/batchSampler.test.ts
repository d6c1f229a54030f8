import assert from 'node:assert/strict';
import { Observations } from '../../../src/core/strategies/observations';
import { strategies } from '../../../src/core/strategies/strategies';
import { BatchSampler } from '../../support/demo/batchSampler';
import { purposeSeed } from '../../support/demo/random';

const all = (): 'normal' => 'normal';

describe('the batch sampler of the demo', () => {
  it('chooses what the product’s strategy of that name chooses', () => {
    for (const [name, strategy] of strategies) {
      const sampler = new BatchSampler(5, 30, { strategy: name });
      const seen = new Observations(30);
      for (let step = 1; step <= 4; step++) {
        const batch = sampler.chooseBatch({ step, size: 6, membershipOf: all });
        assert.deepEqual(batch, strategy.choose(seen, { batch: 6, seed: purposeSeed(5, 'selection'), draw: step }), name);
        const groups = batch.map((problem) => ({ problem, correct: problem % 5, scored: 4 }));
        seen.noteDrawn(batch);
        seen.observe(groups);
        sampler.observe(groups);
      }
    }
  });

  it('takes every problem once in the first epoch of CDAS, unless told to leave it out', () => {
    const batches = (warmUp: boolean): number => {
      const sampler = new BatchSampler(5, 30, { warmUp });
      return new Set([1, 2, 3, 4, 5].flatMap((step) => {
        const batch = sampler.chooseBatch({ step, size: 6, membershipOf: all });
        sampler.observe(batch.map((problem) => ({ problem, correct: 2, scored: 4 })));
        return batch;
      })).size;
    };
    assert.equal(batches(true), 30);
    assert.ok(batches(false) < 30);
  });

  it('goes by labels where it has them', () => {
    const labels = Array.from({ length: 10 }, (_, problem) => 10 - problem);
    assert.deepEqual(new BatchSampler(5, 10, { strategy: 'static-curriculum', labels }).chooseBatch({ step: 1, size: 3, membershipOf: all }), [9, 8, 7]);
  });

  it('names the strategies there are when asked for another', () => {
    assert.throws(() => new BatchSampler(5, 10, { strategy: 'luck' }), /There is no strategy luck; there are cdas, random/);
  });
});
