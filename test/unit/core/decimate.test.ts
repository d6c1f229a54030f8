import assert from 'node:assert/strict';
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
  });
});
