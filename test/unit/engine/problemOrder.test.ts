import assert from 'node:assert/strict';
import fc from 'fast-check';
import { byNumber, byText } from '../../../src/engine/problemOrder';

/** The places of values in their order, equal ones as they are. */
function plainly<Value>(values: readonly Value[], compare: (a: Value, b: Value) => number): number[] {
  return values.map((_, place) => place).sort((a, b) => compare(values[a]!, values[b]!) || a - b);
}

describe('the order of problems', () => {
  it('by text is that of their code units, whatever they begin with', () => {
    const text = fc.tuple(fc.constantFrom('', 'h:', 'problem-'), fc.string({ unit: fc.constantFrom('a', 'b', '\0', '\uffff', 'é'), maxLength: 9 })).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 30 }), fc.boolean(), (texts, descending) => {
        const all = Int32Array.from(texts, (_, problem) => problem);
        const direction = descending ? -1 : 1;
        assert.deepEqual([...byText(all, (problem) => texts[problem]!, descending)], plainly(texts, (a, b) => direction * (a < b ? -1 : Number(a > b))));
      }),
      { numRuns: 500 },
    );
  });

  it('by number has those without one last, either way', () => {
    const numbers = [3, NaN, 1, 3, NaN, -2];
    const all = Int32Array.from(numbers, (_, problem) => problem);
    assert.deepEqual([...byNumber(all, (problem) => numbers[problem]!, false)], [5, 2, 0, 3, 1, 4]);
    assert.deepEqual([...byNumber(all, (problem) => numbers[problem]!, true)], [0, 3, 2, 5, 1, 4]);
  });
});
