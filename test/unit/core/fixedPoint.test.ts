import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sigmoid } from '../../../src/core/cdas';
import { fixedPoint } from '../../../src/core/fixedPoint';
import { wilsonInterval, zeroGradientChance } from '../../../src/core/passRateInterval';
import { decimate } from '../../../src/core/decimate';

describe('the fixed point', () => {
  it('satisfies both equations for any pass rates', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 }), (passRates) => {
        const { difficulty, competence } = fixedPoint(passRates);
        passRates.forEach((rate, i) => assert.ok(Math.abs(difficulty[i]! - (sigmoid(competence - difficulty[i]!) - rate)) < 1e-10));
        const mean = difficulty.reduce((sum, d) => sum + d, 0) / difficulty.length;
        assert.ok(Math.abs(competence + mean) < 1e-10);
      }),
    );
  });

  it('is at rest at zero where every problem is passed half the time', () => {
    const { difficulty, competence } = fixedPoint([0.5, 0.5, 0.5]);
    assert.deepEqual([...difficulty, competence], [0, 0, 0, 0]);
  });
});

describe('the interval of a pass rate', () => {
  it('is Wilson’s, which stays within 0 and 1 and is open at neither end', () => {
    // 5 of 10 at 95 %: 0.2366 to 0.7634 (Brown, Cai and DasGupta 2001, section 3).
    const [low, high] = wilsonInterval(5, 10)!;
    assert.deepEqual([low.toFixed(4), high.toFixed(4)], ['0.2366', '0.7634']);
    assert.equal(wilsonInterval(0, 8)![0], 0);
    assert.equal(wilsonInterval(0, 0), null);
  });
});

describe('the chance of a group without a gradient', () => {
  it('is one for certain outcomes and least at one half', () => {
    assert.equal(zeroGradientChance(0, 8), 1);
    assert.equal(zeroGradientChance(1, 8), 1);
    assert.equal(zeroGradientChance(0.5, 8), 2 * 0.5 ** 8);
  });
});

describe('decimation', () => {
  it('keeps the peaks and the last point, in order', () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i === 437 ? 99 : Math.sin(i)));
    const kept = decimate(values.length, 100, (i) => values[i]!);
    assert.ok(kept.length <= 102);
    assert.ok(kept.includes(437) && kept.includes(0) && kept.includes(999));
    assert.deepEqual(kept, [...kept].sort((a, b) => a - b));
  });

  it('keeps every point where they fit', () => {
    assert.deepEqual(decimate(3, 10, () => null), [0, 1, 2]);
  });
});
