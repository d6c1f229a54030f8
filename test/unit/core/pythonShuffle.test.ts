import assert from 'node:assert/strict';
import { pythonShuffle } from '../../../src/core/pythonShuffle';

describe('pythonShuffle', () => {
  it('shuffles as Python does', () => {
    // python3 -c 'import random; x = list(range(10)); random.Random("1/0").shuffle(x); print(x)'
    assert.deepEqual([...pythonShuffle(10, '1/0')], [8, 5, 9, 0, 4, 2, 3, 1, 7, 6]);
    assert.deepEqual([...pythonShuffle(1000, '42/3')].slice(0, 10), [32, 246, 304, 163, 708, 988, 909, 869, 943, 188]);
    assert.deepEqual([...pythonShuffle(70_000, '7/0')].slice(0, 5), [41677, 65214, 17150, 47006, 28194]);
  });

  it('knows nothing to shuffle', () => {
    assert.deepEqual([...pythonShuffle(1, 'x')], [0]);
    assert.deepEqual([...pythonShuffle(0, 'x')], []);
  });
});
