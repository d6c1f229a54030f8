import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decimate } from '../../../src/core/decimate';

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
    assert.deepEqual(decimate(10, 10, () => null), [...Array(10).keys()]);
  });

  it('keeps of each stretch the lowest and the highest value, and leaves no wide gap', () => {
    const values = fc.array(fc.option(fc.integer({ min: -50, max: 50 })), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(values, fc.integer({ min: 2, max: 60 }), (all, limit) => {
        const kept = decimate(all.length, limit, (position) => all[position]!);
        assert.ok(kept[0] === 0 && kept.at(-1) === all.length - 1 && kept.length <= limit + 2);
        const stretches = Math.floor(limit / 2);
        const start = (stretch: number): number => Math.floor((stretch * all.length) / stretches);
        kept.forEach((position, at) => assert.ok(position - (kept[at - 1] ?? position) <= 2 * Math.ceil(all.length / stretches)));
        for (let stretch = 0; stretch < stretches && all.length > limit; stretch++) {
          const within = (position: number): boolean => position >= start(stretch) && position < start(stretch + 1);
          const [had, has] = [all.filter((value, position) => value !== null && within(position)), kept.filter(within).flatMap((position) => all[position] ?? [])];
          assert.deepEqual([Math.min(...has.map(Number)), Math.max(...has.map(Number))], [Math.min(...had.map(Number)), Math.max(...had.map(Number))]);
        }
      }),
    );
  });
});
