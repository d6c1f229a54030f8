import assert from 'node:assert/strict';
import { age, zeroGradientShare } from '../../../src/extension/figures';
import { sparkline } from '../../../src/extension/runs/sparkline';

describe('age', () => {
  it('uses the largest unit that gives at least one', () => {
    const now = 1_000_000_000;
    const ages = [5, 65, 3700, 200_000].map((seconds) => age(now - seconds * 1000, now));
    assert.deepEqual(ages, ['5 s ago', '1 min ago', '1 h ago', '2 d ago']);
  });

  it('does not speak of the future when clocks disagree', () => {
    assert.equal(age(2000, 1000), 'just now');
  });
});

describe('zeroGradientShare', () => {
  it('is the share of groups that are all right or all wrong', () => {
    assert.equal(zeroGradientShare({ allPass: 2, mixed: 6, allFail: 2 }), 0.4);
  });

  it('is unknown where the log cannot say', () => {
    assert.equal(zeroGradientShare({ allPass: null, mixed: 6, allFail: 2 }), null);
    assert.equal(zeroGradientShare({ allPass: 0, mixed: 0, allFail: 0 }), null);
  });
});

describe('sparkline', () => {
  it('goes from the lowest to the highest bar and clamps what lies outside', () => {
    assert.equal(sparkline([-9, -0.6, 0, 0.6, 9], { low: -0.6, high: 0.6 }, 10), '▁▁▅██');
  });

  it('keeps the newest values', () => {
    assert.equal(sparkline([0, 0, 0, 1], { low: 0, high: 1 }, 2), '▁█');
  });
});
