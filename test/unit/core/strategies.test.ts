import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { CdasMode } from '../../../src/core/cdas';
import { cdasStrategy } from '../../../src/core/strategies/cdasStrategy';
import { Observations } from '../../../src/core/strategies/observations';
import { strategies } from '../../../src/core/strategies/strategies';
import type { StrategyParameters } from '../../../src/core/strategies/strategySpecs';

interface StrategyCase {
  readonly strategy: string;
  readonly number: number;
  readonly count: number;
  readonly size: number;
  readonly seed: number;
  readonly labels: readonly (number | null)[];
  readonly parameters: StrategyParameters;
  readonly pinned: readonly number[];
  readonly excluded: readonly number[];
  readonly steps: readonly { readonly batch: readonly number[]; readonly observed: readonly (readonly [number, number, number])[] }[];
  readonly state: {
    readonly target: number;
    readonly alpha: readonly number[];
    readonly beta: readonly number[];
    readonly passRate: readonly (number | null)[];
  };
}

interface CdasSelection {
  readonly difficulty: readonly number[];
  readonly competence: number;
  readonly mode: CdasMode;
  readonly symmetric: boolean;
  readonly size: number;
  readonly seed: number;
  readonly draw: number;
  readonly pinned: readonly number[];
  readonly excluded: readonly number[];
  readonly batch: readonly number[];
}

interface StrategyVectors {
  readonly cases: readonly StrategyCase[];
  readonly selections: readonly CdasSelection[];
}

// The file is made by test/trainer/make_strategy_vectors.py in this form.
const { cases, selections } = JSON.parse(readFileSync(new URL('../../fixtures/vectors/strategies.json', import.meta.url), 'utf8')) as StrategyVectors;

function assertClose(actual: readonly (number | null)[], expected: readonly (number | null)[]): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, at) => {
    const other = expected[at] ?? null;
    assert.ok(value === other || Math.abs((value ?? NaN) - (other ?? NaN)) < 1e-12, `${value ?? 'null'} is not ${other ?? 'null'}`);
  });
}

describe('the strategies beside CDAS', () => {
  for (const each of cases) {
    it(`draw and learn as the Python package does: ${each.strategy}, case ${each.number}`, () => {
      const strategy = strategies.get(each.strategy);
      assert.ok(strategy);
      const seen = new Observations(each.count, each.parameters, each.labels);
      const excluded = new Set(each.excluded);
      for (const [draw, { batch, observed }] of each.steps.entries()) {
        const request = { batch: each.size, seed: each.seed, draw, pinned: each.pinned, isExcluded: (problem: number) => excluded.has(problem) };
        assert.deepEqual(strategy.choose(seen, request), batch);
        seen.noteDrawn(batch);
        seen.observe(observed.map(([problem, correct, scored]) => ({ problem, correct, scored })));
      }
      const problems = Array.from({ length: each.count }, (_, problem) => problem);
      assertClose([seen.target], [each.state.target]);
      assertClose(problems.map((problem) => seen.alpha(problem)), each.state.alpha);
      assertClose(problems.map((problem) => seen.beta(problem)), each.state.beta);
      assertClose(problems.map((problem) => seen.passRate(problem)), each.state.passRate);
    });
  }

  it('stand beside a CDAS that selects as the Python package does, ties included', () => {
    for (const { size, batch, excluded, difficulty, ...request } of selections) {
      const view = { difficulty, competence: request.competence, mode: request.mode, symmetric: request.symmetric };
      const isExcluded = (problem: number): boolean => excluded.includes(problem);
      const seen = new Observations(difficulty.length);
      assert.deepEqual(cdasStrategy(() => view).choose(seen, { ...request, batch: size, isExcluded }), batch);
    }
  });

  it('has a vector for every strategy', () => {
    assert.deepEqual(new Set(cases.map(({ strategy }) => strategy)), new Set(strategies.keys()));
  });

});

describe('what the strategies know of a problem', () => {
  it('takes in every group with a scored rollout, be it one, and nothing else', () => {
    const seen = new Observations(2);
    seen.observe([{ problem: 0, correct: 1, scored: 1 }, { problem: 1, correct: 0, scored: 0 }]);
    assert.deepEqual([seen.passRate(0), seen.lastPassRate(0), seen.passRate(1), seen.lastPassRate(1)], [1, 1, null, null]);
    seen.observe([{ problem: 0, correct: 0, scored: 3 }]);
    assert.deepEqual([seen.passRate(0), seen.lastPassRate(0)], [1 / 4, 0]);
  });

  it('starts afresh where it is told to forget, but for how often the problem was drawn', () => {
    const [seen, fresh] = [new Observations(1), new Observations(1)];
    seen.noteDrawn([0]);
    seen.observe([{ problem: 0, correct: 3, scored: 4 }]);
    seen.forget(0);
    const known = (of: Observations): unknown => [of.passRate(0), of.lastPassRate(0), of.alpha(0), of.beta(0), of.difficulty(0)];
    assert.deepEqual(known(seen), known(fresh));
    for (const each of [seen, fresh]) each.observe([{ problem: 0, correct: 1, scored: 4 }]);
    assert.deepEqual(known(seen), known(fresh));
    assert.equal(seen.drawn(0), 1);
  });
});

describe('CDAS behind the interface of the strategies', () => {
  const view = { difficulty: [-0.2, -0.1, 0.1, 0.2, 0.3], competence: 0, mode: 'paper' } as const;
  const choose = (more: object): readonly number[] =>
    cdasStrategy(() => view).choose(new Observations(5), { batch: 2, seed: 1, draw: 0, ...more });

  it('takes the best aligned of each side', () => {
    assert.deepEqual([...choose({})].sort(), [1, 2]);
  });

  it('puts pinned problems in and leaves excluded ones out', () => {
    assert.deepEqual([...choose({ pinned: [4], isExcluded: (problem: number) => problem === 1 })].sort(), [0, 4]);
  });
});
