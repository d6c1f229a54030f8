import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Column } from '../../../src/core/column';

describe('a column', () => {
  it('holds what was put into it, one by one or many at once, and cut off', () => {
    const change = fc.oneof(
      fc.record({ push: fc.nat(9) }),
      fc.record({ extend: fc.nat(40), value: fc.constantFrom(0, 0, 7) }),
      fc.record({ truncate: fc.nat(60) }),
    );
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const column = new Column(Int32Array, 4);
        let plain: number[] = [];
        for (const each of changes) {
          if ('push' in each) {
            column.push(each.push);
            plain.push(each.push);
          } else if ('extend' in each) {
            column.extend(each.extend, each.value);
            plain.push(...new Array<number>(each.extend).fill(each.value));
          } else {
            column.truncate(each.truncate);
            plain = plain.slice(0, each.truncate);
          }
          assert.deepEqual([...column.view()], plain);
        }
      }),
    );
  });
});
