import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CdasState } from '../../../src/core/cdas';
import { selectSymmetric, type SelectionRequest } from '../../../src/core/selection';
import { seededHash } from '../../../src/core/seededHash';
import { passRates, readCdasVectors } from './vectors';

function select(difficulty: readonly number[], options: Partial<SelectionRequest> = {}): ReturnType<typeof selectSymmetric> {
  return selectSymmetric({ difficulty, competence: 0, batch: 4, mode: 'paper', seed: 1, ...options });
}

describe('symmetric selection', () => {
  for (const [index, vector] of readCdasVectors().entries()) {
    it(`chooses what the authors' code chose before every step of case ${index}`, () => {
      const state = new CdasState('official-compat');
      vector.problems.forEach(() => state.addProblem());
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

  it('gives for any input what a full sort would give', () => {
    const difficulties = fc.array(fc.integer({ min: -5, max: 5 }).map((d) => d / 10), { maxLength: 40 });
    fc.assert(
      fc.property(difficulties, fc.nat(12), fc.integer({ min: -3, max: 3 }), (difficulty, half, c) => {
        const batch = 2 * half;
        const competence = c / 10;
        const chosen = select(difficulty, { batch, competence, mode: 'official-compat' });
        const order = difficulty.map((_, i) => i).sort((a, b) => Math.abs(competence - difficulty[a]!) - Math.abs(competence - difficulty[b]!) || a - b);
        const harder = order.filter((i) => difficulty[i]! > competence);
        const easier = order.filter((i) => difficulty[i]! <= competence);
        const all = Math.min(batch, difficulty.length);
        const fromHarder = Math.max(Math.min(half, harder.length), all - easier.length);
        assert.deepEqual(chosen.harder, harder.slice(0, fromHarder));
        assert.deepEqual(chosen.easier, easier.slice(0, all - fromHarder));
      }),
    );
  });
});
