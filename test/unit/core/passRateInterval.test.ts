import assert from 'node:assert/strict';
import fc from 'fast-check';
import { wilsonInterval } from '../../../src/core/passRateInterval';

describe('the interval of a pass rate', () => {
  it('is Wilson’s, which stays within 0 and 1 and is open at neither end', () => {
    // 5 of 10 at 95 %: 0.2366 to 0.7634 (Brown, Cai and DasGupta 2001, section 3).
    const [low, high] = wilsonInterval(5, 10)!;
    assert.deepEqual([low.toFixed(4), high.toFixed(4)], ['0.2366', '0.7634']);
    assert.equal(wilsonInterval(0, 8)![0], 0);
    assert.equal(wilsonInterval(0, 0), null);
  });

  it('holds the pass rate and lies within 0 and 1, the closer the more rollouts there are', () => {
    const counts = fc.integer({ min: 1, max: 500 }).chain((n) => fc.tuple(fc.double({ min: 0, max: n, noNaN: true }), fc.constant(n)));
    fc.assert(
      fc.property(counts, ([correct, n]) => {
        const [low, high] = wilsonInterval(correct, n)!;
        assert.ok(low >= 0 && low <= correct / n + 1e-12 && high >= correct / n - 1e-12 && high <= 1);
        const [nearer, farther] = wilsonInterval(4 * correct, 4 * n)!;
        assert.ok(farther - nearer < high - low);
      }),
    );
  });
});
