import assert from 'node:assert/strict';
import { freeMemory, takeMemory } from '../../../../src/logs/parquet/pageMemory';

describe('the memory of pages', () => {
  it('that is given back is gone at once where it is much', () => {
    const [large, small] = [new Uint8Array(1 << 20), new Uint8Array(100)];
    freeMemory(large);
    freeMemory(small);
    assert.deepEqual([large.length, small.length], [0, 100]);
  });

  it('that was taken for a page serves the next one of about its size', () => {
    const first = takeMemory(1 << 20);
    freeMemory(first);
    const second = takeMemory(1_000_000);
    assert.deepEqual([second.buffer, second.length], [first.buffer, 1_000_000]);
  });

  it('is not had twice at the same time', () => {
    const [first, second] = [takeMemory(1 << 20), takeMemory(1 << 20)];
    assert.notEqual(first.buffer, second.buffer);
    freeMemory(first);
    freeMemory(second);
    const third = takeMemory(1 << 20);
    assert.deepEqual([third.buffer === second.buffer, first.length], [true, 0]);
  });

  it('is not held for a page of another size', () => {
    const first = takeMemory(1 << 20);
    freeMemory(first);
    assert.equal(takeMemory(1 << 22).length, 1 << 22);
    assert.equal(first.length, 0);
  });
});
