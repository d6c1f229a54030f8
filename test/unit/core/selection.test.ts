import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CdasState, type CdasMode } from '../../../src/core/cdas';
import { selectSymmetric, type SelectionRequest } from '../../../src/core/selection';
import { seededHash } from '../../../src/core/seededHash';
import { passRates, readCdasVectors } from './vectors';

function select(difficulty: readonly number[], options: Partial<SelectionRequest> = {}): ReturnType<typeof selectSymmetric> {
  return selectSymmetric({ difficulty, competence: 0, batch: 4, mode: 'paper', seed: 1, ...options });
}

/** The same by sorting everything: each side gets its half less its pins, then the nearest of what is left fill the batch. */
function selectBySorting({ difficulty, competence, batch, mode, symmetric = true, seed, pinned = [], isExcluded = () => false }: SelectionRequest): ReturnType<typeof selectSymmetric> {
  const size = mode === 'paper' ? batch : 2 * Math.floor(batch / 2);
  const isHarder = (problem: number): boolean => difficulty[problem]! > competence;
  const pins = [...new Set(pinned)].filter((problem) => !isExcluded(problem)).slice(0, size);
  const distance = (problem: number): number => Math.abs(competence - difficulty[problem]!);
  const tie = (problem: number): number => (mode === 'paper' ? seededHash(seed, problem) : problem);
  const order = [...Array(difficulty.length).keys()]
    .filter((problem) => !isExcluded(problem) && !pins.includes(problem))
    .sort((a, b) => distance(a) - distance(b) || tie(a) - tie(b) || a - b);
  const chosen = new Set<number>();
  for (const side of symmetric ? [true, false] : []) {
    const free = Math.min(size - pins.length - chosen.size, Math.floor(size / 2) - pins.filter((pin) => isHarder(pin) === side).length);
    for (const problem of order.filter((each) => isHarder(each) === side).slice(0, Math.max(0, free))) chosen.add(problem);
  }
  for (const problem of order) if (chosen.size < size - pins.length) chosen.add(problem);
  const sorted = order.filter((problem) => chosen.has(problem));
  return { pinned: pins, harder: sorted.filter(isHarder), easier: sorted.filter((problem) => !isHarder(problem)) };
}

describe('symmetric selection', () => {
  for (const [index, vector] of readCdasVectors().entries()) {
    it(`chooses what the authors' code chose before every step of case ${index}`, () => {
      const state = new CdasState('official-compat');
      state.addProblems(vector.problems.length, true);
      const wanted = [...vector.official.selection_before_each_step, vector.official.selection_after];
      wanted.forEach((expected, step) => {
        const { harder, easier } = selectSymmetric({
          difficulty: state.difficultyColumn(),
          competence: state.competence,
          batch: expected.length,
          mode: 'official-compat',
          seed: 0,
        });
        const chosen = [...harder, ...easier].map((problem) => vector.problems[problem]!);
        assert.deepEqual(chosen.sort(), [...expected].sort(), `before step ${step + 1}`);
        const logged = vector.log[step];
        if (logged) state.rateStep(passRates(vector, logged.results));
      });
    });
  }

  it('takes half of the batch from each side, the best aligned first', () => {
    const { harder, easier } = select([0.5, 0.1, 0.3, -0.2, -0.1, -0.4]);
    assert.deepEqual(harder, [1, 2]);
    assert.deepEqual(easier, [4, 3]);
  });

  it('fills a short side from the other', () => {
    const { harder, easier } = select([0.5, -0.1, -0.2, -0.3, -0.4]);
    assert.deepEqual(harder, [0]);
    assert.deepEqual(easier, [1, 2, 3]);
  });

  it('gives the odd place to the nearer side in paper mode and leaves it empty in official-compat', () => {
    assert.deepEqual(select([0.2, 0.3, -0.1, -0.15], { batch: 3 }), { pinned: [], harder: [0], easier: [2, 3] });
    const official = select([0.2, 0.3, -0.1, -0.15], { batch: 3, mode: 'official-compat' });
    assert.equal(official.harder.length + official.easier.length, 2);
  });

  it('puts pinned problems in first and counts each against its own side', () => {
    const batch = select([0.9, 0.1, 0.2, -0.1, -0.2], { pinned: [0] });
    assert.deepEqual(batch, { pinned: [0], harder: [1], easier: [3, 4] });
  });

  it('never chooses an excluded problem, pinned or not', () => {
    const batch = select([0.1, 0.2, -0.1, -0.2], { pinned: [0], isExcluded: (p) => p === 0 || p === 3 });
    assert.deepEqual([...batch.pinned, ...batch.harder, ...batch.easier].sort(), [1, 2]);
  });

  it('breaks ties by the seed, the same way each time', () => {
    const flat = Array<number>(200).fill(0);
    assert.deepEqual(select(flat, { seed: 7 }), select(flat, { seed: 7 }));
    assert.notDeepEqual(select(flat, { seed: 7 }).easier, select(flat, { seed: 8 }).easier);
  });

  it('gives of very many problems, sorted or not, what a full sort would give', () => {
    const count = 20_000;
    const shuffled = Array.from({ length: count }, (_, i) => ((i * 7919) % 500) / 250 - 1);
    const sorted = shuffled.toSorted((a, b) => a - b);
    for (const difficulty of [shuffled, sorted, sorted.toReversed()]) {
      const order = difficulty.map((_, i) => i).sort((a, b) => Math.abs(0.1 - difficulty[a]!) - Math.abs(0.1 - difficulty[b]!) || seededHash(7, a) - seededHash(7, b) || a - b);
      const isExcluded = (problem: number): boolean => problem % 3 === 0;
      const chosen = select(difficulty, { competence: 0.1, batch: 600, seed: 7, isExcluded });
      const free = order.filter((problem) => !isExcluded(problem));
      assert.deepEqual(chosen.harder, free.filter((problem) => difficulty[problem]! > 0.1).slice(0, 300));
      assert.deepEqual(chosen.easier, free.filter((problem) => difficulty[problem]! <= 0.1).slice(0, 300));
    }
  });

  it('gives for any input, with pins and exclusions, what a full sort would give', () => {
    const tenths = fc.integer({ min: -5, max: 5 }).map((d) => d / 10);
    const requests = fc.array(tenths, { minLength: 1, maxLength: 40 }).chain((difficulty) => {
      const problem = fc.nat(difficulty.length - 1);
      return fc.record({
        difficulty: fc.constant(difficulty),
        competence: tenths,
        batch: fc.nat(24),
        mode: fc.constantFrom<CdasMode>('paper', 'official-compat'),
        symmetric: fc.boolean(),
        seed: fc.nat(),
        pinned: fc.array(problem, { maxLength: 6 }),
        isExcluded: fc.array(problem, { maxLength: 6 }).map((out) => (each: number) => out.includes(each)),
      });
    });
    fc.assert(fc.property(requests, (request) => assert.deepEqual(selectSymmetric(request), selectBySorting(request))), { numRuns: 1000 });
  });
});
