import assert from 'node:assert/strict';
import { HashTable } from '../../../src/logs/columns/hashTable';

describe('a hash table', () => {
  it('keeps every number under its whole key while it grows, also under keys of one half in common', () => {
    const table = new HashTable();
    for (let i = 0; i < 5000; i++) table.set(i % 7, i, i);
    assert.deepEqual(Array.from({ length: 5000 }, (_, i) => table.get(i % 7, i)), Array.from({ length: 5000 }, (_, i) => i));
    assert.equal(table.get(7, 1), -1);
  });

  it('takes the halves of a key as 32 bits, whatever their sign', () => {
    const table = new HashTable();
    table.set(0xffffffff, 0x80000000, 3);
    assert.equal(table.get(-1, -0x80000000), 3);
  });
});
