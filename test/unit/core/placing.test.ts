import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareKeys, placesAmong } from '../../../src/core/strategies/placing';
import type { OrderKey } from '../../../src/core/strategies/strategy';

describe('placesAmong', () => {
  it('counts the candidates before each problem and those that share its place, as sorting them would', () => {
    const key = fc.tuple(fc.nat(2), fc.constantFrom(0, 0.25, 0.5, 1, Infinity));
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 40 }), fc.array(fc.nat(39)), (keys, wanted) => {
        const keyOf = (problem: number): OrderKey => keys[problem]!;
        const asked = [...new Set(wanted.map((each) => each % keys.length))];
        const places = placesAmong(asked, keys.keys(), keyOf);
        for (const problem of asked) {
          const orders = keys.map((other) => compareKeys(other, keys[problem]!));
          const expected = { rank: orders.filter((order) => order < 0).length + 1, tied: orders.filter((order) => order === 0).length };
          assert.deepEqual(places.get(problem), expected);
        }
      }),
    );
  });
});
