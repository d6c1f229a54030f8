import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CdasState, expectedPassRate, impliedPassRate, type CdasMode } from '../../../src/core/cdas';
import { passRates, readCdasVectors, type CdasVector } from './vectors';

const tolerance = 1e-12;

function close(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} is not ${expected}`);
}

function newState(mode: CdasMode, problems: number): CdasState {
  const state = new CdasState(mode);
  state.addProblems(problems, true);
  return state;
}

function replay(vector: CdasVector, mode: CdasMode, after: (state: CdasState, step: number) => void): CdasState {
  const state = newState(mode, vector.problems.length);
  vector.log.forEach(({ results }, index) => {
    state.rateStep(passRates(vector, results));
    after(state, index + 1);
  });
  return state;
}

describe('CDAS state', () => {
  for (const [index, vector] of readCdasVectors().entries()) {
    it(`gives the authors' abilities and difficulties at every step of case ${index} in official-compat mode`, () => {
      const visits = new Map<string, number>();
      replay(vector, 'official-compat', (state, step) => {
        close(state.competence, vector.official.model_abilities[step]!, `ability after step ${step}`);
        for (const problem of new Set(vector.log[step - 1]!.results.map(([id]) => id))) {
          const visit = (visits.get(problem) ?? 0) + 1;
          visits.set(problem, visit);
          const expected = vector.official.problem_difficulties[problem]![visit]!;
          close(state.difficulty(vector.problems.indexOf(problem)), expected, `${problem} after visit ${visit}`);
        }
      });
    });

    it(`gives the paper's competence, difficulties and visit counts for case ${index} in paper mode`, () => {
      const state = replay(vector, 'paper', (now, step) => close(now.competence, vector.paper.competence[step]!, `competence ${step}`));
      vector.problems.forEach((problem, i) => {
        close(state.difficulty(i), vector.paper.difficulty[problem] ?? 0, problem);
        assert.equal(state.visits(i), vector.paper.sampled[problem] ?? 0);
      });
    });
  }

  it('sets the difficulty to the whole surprise on the first visit in paper mode and to half of it in official-compat', () => {
    const paper = newState('paper', 1);
    paper.rateStep([{ problem: 0, passRate: 0 }]);
    const official = newState('official-compat', 1);
    official.rateStep([{ problem: 0, passRate: 0 }]);
    assert.equal(paper.difficulty(0), 0.5);
    assert.equal(official.difficulty(0), 0.25);
  });

  it('leaves an excluded problem out of the mean and takes it back with what it held', () => {
    const state = newState('paper', 3);
    state.rateStep([
      { problem: 0, passRate: 0 },
      { problem: 1, passRate: 1 },
    ]);
    const before = state.competence;
    state.setCounted(0, false);
    close(state.competence, -state.difficulty(1) / 2, 'competence without problem 0');
    state.setCounted(0, true);
    close(state.competence, before, 'competence with it back');
  });

  it('has competence 0 without any problem', () => {
    assert.equal(new CdasState('paper').competence, 0);
  });

  it('keeps competence at minus the mean of the counted difficulties through any steps, exclusions and restarts', () => {
    const action = fc.oneof(
      fc.record({ kind: fc.constant('step' as const), rates: fc.uniqueArray(fc.tuple(fc.nat(9), fc.double({ min: 0, max: 1, noNaN: true })), { selector: ([p]) => p }) }),
      fc.record({ kind: fc.constant('count' as const), problem: fc.nat(9), counted: fc.boolean() }),
      fc.record({ kind: fc.constant('restart' as const), problem: fc.nat(9) }),
    );
    fc.assert(
      fc.property(fc.constantFrom<CdasMode>('paper', 'official-compat'), fc.array(action, { maxLength: 60 }), (mode, actions) => {
        const state = newState(mode, 10);
        for (const act of actions) {
          if (act.kind === 'step') state.rateStep(act.rates.map(([problem, passRate]) => ({ problem, passRate })));
          else if (act.kind === 'count') state.setCounted(act.problem, act.counted);
          else state.restart(act.problem);
        }
        const counted = [...Array(10).keys()].filter((p) => state.isCounted(p));
        const mean = counted.reduce((sum, p) => sum + state.difficulty(p), 0) / Math.max(1, counted.length);
        close(state.competence, -mean, 'competence');
        for (let p = 0; p < 10; p++) assert.ok(Math.abs(state.difficulty(p)) < 1, 'a difficulty stays within (-1, 1)');
      }),
    );
  });

  it('comes to rest where the implied pass rate of every problem is the one that it is observed at', () => {
    const rates = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom<CdasMode>('paper', 'official-compat'), rates, (mode, passRatesOf) => {
        const state = newState(mode, passRatesOf.length);
        for (let step = 0; step < 2000; step++) state.rateStep(passRatesOf.map((passRate, problem) => ({ problem, passRate })));
        passRatesOf.forEach((passRate, problem) => {
          const implied = impliedPassRate(state.competence, state.difficulty(problem));
          assert.ok(Math.abs(implied - passRate) < 2e-3, `${implied} is not ${passRate}`);
        });
      }),
      { numRuns: 30 },
    );
  });

  it('expects one half where difficulty meets competence, and less where it is harder', () => {
    assert.equal(expectedPassRate(0.2, 0.2), 0.5);
    assert.ok(expectedPassRate(0, 0.4) < 0.5);
    close(impliedPassRate(0, 0.4), expectedPassRate(0, 0.4) - 0.4, 'implied rate');
  });
});
