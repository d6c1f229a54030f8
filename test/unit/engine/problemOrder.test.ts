import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isCurrent, orderById } from '../../../src/engine/views/idOrder';
import { byNumber, byText } from '../../../src/engine/views/problemOrder';
import type { ProblemRegistry } from '../../../src/engine/rating/problemRegistry';

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

  it('by number is that of comparing, for very many and for few', () => {
    const number = fc.oneof(fc.double(), fc.integer({ min: -3, max: 3 }), fc.constantFrom(NaN, 0, -0, Infinity, -Infinity));
    const compare = (a: number, b: number): number => (Number.isNaN(a) || Number.isNaN(b) ? Number(Number.isNaN(a)) - Number(Number.isNaN(b)) : a === b ? 0 : a - b);
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 50 }), fc.constantFrom(1, 60), fc.boolean(), (few, times, descending) => {
        const numbers = Array.from({ length: few.length * times }, (_, i) => few[(i * 7) % few.length]! + (i % 3));
        const all = Int32Array.from(numbers, (_, problem) => problem);
        const direct = (a: number, b: number): number => (descending && !Number.isNaN(a) && !Number.isNaN(b) ? compare(b, a) : compare(a, b));
        assert.deepEqual([...byNumber(all, (problem) => numbers[problem]!, descending)], plainly(numbers, direct));
      }),
      { numRuns: 200 },
    );
  });
});

describe('the order of all problems by id', () => {
  /** Problems of these ids, to which more can come. */
  function registryOf(ids: string[]): ProblemRegistry {
    const registry = { adopted: 0, at: (problem: number) => ({ id: ids[problem] }), get length() { return ids.length; } };
    // Only these are asked for.
    return registry as unknown as ProblemRegistry;
  }

  const sorted = (ids: readonly string[]): number[] => plainly(ids, (a, b) => (a < b ? -1 : Number(a > b)));

  it('is found in turns, and takes in what comes meanwhile and afterwards', async () => {
    const ids = Array.from({ length: 20_000 }, (_, i) => `problem-${(i * 7919) % 20_011}`);
    const registry = registryOf(ids);
    const [order, same] = [orderById(registry), orderById(registry)];
    ids.push('problem-5x', 'a');
    assert.equal((await order).problems, (await same).problems);
    assert.deepEqual([...(await order).problems], sorted(ids));
    ids.push('zzz', '', 'problem-77777', 'problem-1');
    assert.equal(isCurrent(await order, registry), false);
    const newer = await orderById(registry);
    assert.deepEqual([...newer.problems], sorted(ids));
    assert.equal(isCurrent(newer, registry), true);
    assert.equal((await orderById(registry)).problems, newer.problems);
  });

  it('is found again where an id became another one', async () => {
    const ids = ['c', 'b', 'a'];
    const registry = registryOf(ids);
    assert.deepEqual([...(await orderById(registry)).problems], [2, 1, 0]);
    ids[1] = 'z';
    registry.adopted++;
    assert.deepEqual([...(await orderById(registry)).problems], [2, 0, 1]);
  });
});
