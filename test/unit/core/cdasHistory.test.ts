import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CdasState, type CdasMode } from '../../../src/core/cdas';
import { CdasHistory } from '../../../src/core/cdasHistory';
import type { StepEvent } from '../../../src/core/historyRows';

interface VisitRow {
  readonly problem: number;
  readonly correct: number;
  readonly scored: number;
}

interface Step {
  readonly visits: readonly VisitRow[];
  readonly joining: readonly number[];
  readonly events: readonly StepEvent[];
}

const problems = 6;
const visit = fc.record({ problem: fc.nat(problems - 1), scored: fc.integer({ min: 0, max: 8 }) }).chain(({ problem, scored }) => fc.nat(scored).map((correct) => ({ problem, correct, scored })));
const event = fc.record({ problem: fc.nat(problems - 1), kind: fc.constantFrom<StepEvent['kind']>('exclude', 'include', 'restart') });
const step: fc.Arbitrary<Step> = fc.record({ joining: fc.uniqueArray(fc.nat(problems - 1), { maxLength: 3 }), visits: fc.uniqueArray(visit, { selector: ({ problem }) => problem }), events: fc.array(event, { maxLength: 3 }) });
const mode = fc.constantFrom<CdasMode>('paper', 'official-compat');

function appendStep(history: CdasHistory, number: number, { visits, events, joining }: Step): void {
  const columns = {
    problem: Int32Array.from(visits, ({ problem }) => problem),
    correct: Float64Array.from(visits, ({ correct }) => correct),
    scored: Int32Array.from(visits, ({ scored }) => scored),
  };
  history.appendStep({ step: number, joining, events, visits: columns });
}

function append(history: CdasHistory, number: number, visits: readonly VisitRow[], events: readonly StepEvent[]): void {
  appendStep(history, number, { visits, events, joining: [] });
}

function replay(cdasMode: CdasMode, steps: readonly Step[]): CdasHistory {
  const history = new CdasHistory(cdasMode);
  for (let i = 0; i < problems; i++) history.addProblems(1, i % 2 === 0);
  steps.forEach((each, i) => appendStep(history, i + 1, each));
  return history;
}

/** Everything that can be asked of a history. */
function everything(history: CdasHistory): unknown {
  return {
    steps: Array.from({ length: history.stepCount }, (_, i) => [history.stepAt(i), history.competenceAfter(i)]),
    problems: Array.from({ length: problems }, (_, i) => [history.state.difficulty(i), history.state.visits(i), history.state.isCounted(i), history.entriesOf(i)]),
    sum: history.state.difficultySum,
  };
}

describe('CDAS history', () => {
  it('is exactly the same after taking back steps and rating them again as after one replay', () => {
    fc.assert(
      fc.property(mode, fc.array(step, { minLength: 1, maxLength: 12 }), fc.nat(12), (cdasMode, steps, back) => {
        const straight = replay(cdasMode, steps);
        const rewound = replay(cdasMode, steps);
        const from = Math.min(back, steps.length);
        rewound.rewindTo(from);
        assert.deepEqual(everything(rewound), everything(replay(cdasMode, steps.slice(0, from))), 'the past is as it was');
        steps.slice(from).forEach((each, i) => appendStep(rewound, from + i + 1, each));
        assert.deepEqual(everything(rewound), everything(straight));
      }),
    );
  });

  it('does not depend, but for rounding, on the order of the visits within a step', () => {
    const shuffled = fc.array(step, { maxLength: 8 }).chain((steps) =>
      fc.tuple(fc.constant(steps), fc.tuple(...steps.map(({ visits }) => fc.shuffledSubarray([...visits], { minLength: visits.length })))),
    );
    fc.assert(
      fc.property(shuffled, ([steps, orders]) => {
        const one = replay('paper', steps);
        const other = replay('paper', steps.map((each, i) => ({ ...each, visits: orders[i]! })));
        for (let i = 0; i < problems; i++) assert.ok(Math.abs(other.state.difficulty(i) - one.state.difficulty(i)) < 1e-12);
        assert.ok(Math.abs(other.state.competence - one.state.competence) < 1e-12);
      }),
    );
  });

  it('takes an excluded problem out of the mean from its step on, and not before', () => {
    const visits = [0, 1].map((problem) => ({ problem, correct: problem * 8, scored: 8 }));
    const history = new CdasHistory('paper');
    history.addProblems(2, true);
    append(history, 1, visits, []);
    append(history, 2, [], [{ problem: 0, kind: 'exclude' }]);
    assert.equal(history.competenceAfter(0), 0);
    assert.equal(history.competenceAfter(1), 0.5);
  });

  it('starts a relabelled problem afresh and keeps its old visits in the history', () => {
    const history = new CdasHistory('paper');
    history.addProblems(1, true);
    append(history, 1, [{ problem: 0, correct: 0, scored: 8 }], []);
    append(history, 2, [{ problem: 0, correct: 8, scored: 8 }], [{ problem: 0, kind: 'restart' }]);
    assert.equal(history.state.visits(0), 1);
    assert.ok(history.state.difficulty(0) < 0, 'only the visit under the new answer counts');
    assert.deepEqual(history.entriesOf(0).map(({ kind }) => kind), ['visit', 'restart', 'visit']);
  });

  it('tells at which step each visit and event of a problem was, steps without any between them', () => {
    const history = new CdasHistory('paper');
    history.addProblems(3, true);
    const visitOf = (problem: number): VisitRow => ({ problem, correct: 1, scored: 2 });
    append(history, 10, [visitOf(0), visitOf(1)], []);
    append(history, 11, [], []);
    append(history, 12, [visitOf(2), visitOf(0)], [{ problem: 1, kind: 'exclude' }, { problem: 0, kind: 'restart' }]);
    append(history, 13, [visitOf(0), visitOf(2)], []);
    const at = (problem: number): unknown => history.entriesOf(problem).map(({ kind, stepIndex }) => [kind, stepIndex]);
    assert.deepEqual(at(0), [['visit', 0], ['restart', 2], ['visit', 2], ['visit', 3]]);
    assert.deepEqual(at(1), [['visit', 0], ['exclude', 2]]);
    assert.deepEqual(at(2), [['visit', 2], ['visit', 3]]);
    assert.deepEqual([0, 1, 2].map((problem) => history.tallyOf(problem).lastVisit), [3, 0, 3]);
  });

  it('knows of no step before the first and after the last', () => {
    const history = replay('paper', []);
    append(history, 7, [{ problem: 1, correct: 1, scored: 2 }], []);
    for (const stepIndex of [-1, 1]) {
      assert.deepEqual([history.stepAt(stepIndex), history.competenceAfter(stepIndex)], [undefined, undefined]);
      assert.equal(history.changesOf(stepIndex).problem.length, 0);
    }
    assert.deepEqual([history.stepAt(0), [...history.changesOf(0).problem]], [7, [1]]);
  });

  it('rates the first step of a trainer that counts from 0', () => {
    const history = new CdasHistory('paper');
    history.addProblems(1, true);
    append(history, 0, [{ problem: 0, correct: 0, scored: 8 }], []);
    assert.deepEqual([history.state.visits(0), history.competenceAfter(0)], [1, -0.5]);
  });

  it('does not rate a group without a scored rollout', () => {
    const history = new CdasHistory('paper');
    history.addProblems(1, true);
    append(history, 1, [{ problem: 0, correct: 0, scored: 0 }], []);
    assert.equal(history.state.visits(0), 0);
  });

  it('sums up the visits since the last fresh start, and knows the last visit before it too', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const history = replay('paper', steps);
        for (let problem = 0; problem < problems; problem++) {
          const entries = history.entriesOf(problem);
          const counting = entries.slice(entries.findLastIndex(({ kind }) => kind === 'restart') + 1).filter(({ kind }) => kind === 'visit');
          assert.deepEqual(history.tallyOf(problem), {
            correct: counting.reduce((sum, { correct }) => sum + correct, 0),
            scored: counting.reduce((sum, { scored }) => sum + scored, 0),
            lastVisit: entries.findLast(({ kind }) => kind === 'visit')?.stepIndex ?? -1,
          });
        }
      }),
    );
  });

  it('sums up the same, however often it is asked meanwhile and whatever is taken back', () => {
    const parts = fc.array(fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 3 }), times: fc.integer({ min: 1, max: 90 }), back: fc.nat(100) }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(parts, (all) => {
        const asked = replay('paper', []);
        let kept: Step[] = [];
        for (const { steps, times, back } of all) {
          const from = Math.max(0, kept.length - back);
          asked.rewindTo(from);
          const added = Array.from({ length: times }, () => steps).flat();
          added.forEach(({ visits, events }, i) => append(asked, from + i + 1, visits.map((each) => ({ ...each, correct: each.correct / 3 })), events));
          kept = [...kept.slice(0, from), ...added];
          for (let problem = 0; problem < problems; problem++) asked.tallyOf(problem);
        }
        const fresh = replay('paper', kept.map(({ visits, events }) => ({ joining: [], visits: visits.map((each) => ({ ...each, correct: each.correct / 3 })), events })));
        for (let problem = 0; problem < problems; problem++) assert.deepEqual(asked.tallyOf(problem), fresh.tallyOf(problem));
      }),
      { numRuns: 40 },
    );
  });

  it('tells each problem that a step changed once, with what it held before the step', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
        const history = replay('paper', steps);
        const { problem, difficulty, visits } = history.changesOf(steps.length - 1);
        const changed = new Map(Array.from(problem, (each, place) => [each, { difficulty: difficulty[place], visits: visits[place] }]));
        assert.equal(changed.size, problem.length, 'told once');
        const last = steps.at(-1)!;
        const touched = new Set([...last.events, ...last.visits.filter(({ scored }) => scored > 0)].map((each) => each.problem));
        const past = replay('paper', steps.slice(0, -1));
        assert.deepEqual(changed, new Map([...changed.keys()].map((each) => [each, { difficulty: past.state.difficulty(each), visits: past.state.visits(each) }])));
        assert.deepEqual(new Set(changed.keys()), touched);
      }),
    );
  });

  it('holds as many rows as there are, of steps of any size', () => {
    const sizes = [3, 20_000, 0, 16_384, 16_381, 1];
    const history = new CdasHistory('paper');
    const state = new CdasState('paper');
    history.addProblems(20_000, true);
    state.addProblems(20_000, true);
    sizes.forEach((size, i) => {
      const visits = Array.from({ length: size }, (_, problem) => ({ problem, correct: (problem + i) % 5, scored: problem % 7 === 0 ? 0 : 4 }));
      append(history, i, visits, []);
      state.rateStep(visits.filter(({ scored }) => scored > 0).map(({ problem, correct, scored }) => ({ problem, passRate: correct / scored })));
      assert.equal(history.state.competence, state.competence);
      assert.deepEqual([...history.changesOf(i).problem], visits.filter(({ scored }) => scored > 0).map(({ problem }) => problem));
    });
    for (const problem of [1, 2, 16_379, 16_381, 16_382, 19_998]) {
      const visited = sizes.flatMap((size, i) => (size > problem ? [{ stepIndex: i, correct: (problem + i) % 5, scored: 4 }] : []));
      assert.deepEqual(history.entriesOf(problem).map(({ stepIndex, correct, scored }) => ({ stepIndex, correct, scored })), visited);
    }
    history.rewindTo(1);
    assert.deepEqual([history.state.visits(1), history.state.visits(19_999)], [1, 0]);
  });

  it('refuses a visit of a problem that nobody added', () => {
    const history = new CdasHistory('paper');
    history.addProblems(1, true);
    assert.throws(() => append(history, 1, [{ problem: 1, correct: 1, scored: 1 }], []), RangeError);
  });
});
