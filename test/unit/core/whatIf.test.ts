import assert from 'node:assert/strict';
import { seededRandom } from '../../../src/core/seededHash';
import { strategySpecs, type StrategyParameters } from '../../../src/core/strategies/strategySpecs';
import { whatIf, type CandidateGroup, type CandidateStep, type WhatIf } from '../../../src/core/whatIf';
import { blockLength, bootstrapOverSteps } from '../../../src/core/whatIfBootstrap';

const scored = 4;

/** A step of one group per problem, in index order. */
function step(correct: readonly number[], more: { readonly difficulty?: readonly number[]; readonly competence?: number } = {}): CandidateStep {
  return {
    competence: more.competence ?? 0,
    groups: correct.map((count, problem) => ({ problem, correct: count, scored, difficulty: more.difficulty?.[problem] ?? 0 })),
  };
}

function ask(strategy: string, steps: readonly CandidateStep[], parameters: StrategyParameters = {}): WhatIf {
  return whatIf(steps, { strategy, parameters, keep: 0.5, mode: 'paper', seed: 1, problemCount: 200 });
}

function valuesOf({ figures }: WhatIf): number[] | null {
  return figures === null ? null : [figures.mixed, figures.passRate].flatMap(({ chosen, all }) => [chosen.value, all.value]);
}

describe('within-step re-selection', () => {
  it('compares the groups that the strategy would have kept with all of the step', () => {
    // The first step shows that 0 and 1 are the easiest, so the curriculum keeps them in the second.
    const result = ask('static-curriculum', [step([4, 3, 1, 0]), step([4, 2, 1, 0])]);
    assert.deepEqual(valuesOf(result), [1 / 2, 2 / 4, 1.5 / 2, 1.75 / 4]);
    const { chosen, all, difference } = result.figures?.zeroGradient ?? assert.fail();
    assert.deepEqual([chosen.value, all.value, difference.value], [1 / 2, 2 / 4, 0]);
    assert.deepEqual(result.basis, { steps: 1, groups: 4, kept: 2, seenBefore: 1, unfamiliarSteps: 1, smallSteps: 0 });
  });

  it('chooses by what was known before the step and not by what the step showed', () => {
    // What was mixed in the first step is uniform in the second, and the other way round.
    const result = ask('dynamic-sampling', [step([2, 2, 0, 4]), step([4, 0, 2, 2])]);
    assert.equal(result.figures?.mixed.chosen.value, 0);
    assert.equal(result.figures.mixed.all.value, 1 / 2);
  });

  it('learns from every logged group, whether it would have kept it or not', () => {
    // In the second step 2 and 3 are not kept, and there they turn out to be the easy ones: the third step keeps them.
    const result = ask('static-curriculum', [step([3, 3, 1, 1]), step([0, 0, 4, 4]), step([1, 1, 4, 4])]);
    assert.equal(result.figures?.passRate.chosen.value, (0 + 0 + 1 + 1) / 4);
  });

  it('asks CDAS with the difficulties and the competence from before the step', () => {
    const known = step([2, 2, 2, 2]);
    const asked = step([0, 2, 2, 4], { difficulty: [0.1, 0.28, 0.35, 0.9], competence: 0.3 });
    assert.equal(ask('cdas', [known, asked]).figures?.mixed.chosen.value, 1);
    const elsewhere = step([0, 2, 2, 4], { difficulty: [0.1, 0.28, 0.35, 0.9], competence: 0.5 });
    assert.equal(ask('cdas', [known, elsewhere]).figures?.mixed.chosen.value, 1 / 2);
  });

  it('finds no difference for a random choice', () => {
    const random = seededRandom(3);
    const steps = Array.from({ length: 60 }, () => step(Array.from({ length: 20 }, () => Math.floor(random() * 5))));
    const { difference } = ask('random', steps).figures?.mixed ?? assert.fail();
    const [low, high] = difference.interval ?? assert.fail();
    assert.ok(low < 0 && high > 0 && Math.abs(difference.value) < 0.02, `${low} to ${high}`);
  });

  it('sees that a strategy finds the problems that are mixed', () => {
    const random = seededRandom(4);
    // Every other problem is always solved, the rest now and then.
    const steps = Array.from({ length: 40 }, () => step(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 4 : 1 + Math.floor(random() * 3)))));
    const { mixed } = ask('learnability', steps).figures ?? assert.fail();
    assert.deepEqual([mixed.chosen.value, mixed.all.value], [1, 0.5]);
    assert.deepEqual(mixed.difference.interval, [0.5, 0.5]);
  });

  it('goes by the difficulties of the dataset where it gives them, as the trainer does', () => {
    const steps = [step([4, 3, 1, 0]), step([4, 2, 1, 0])];
    const question = { strategy: 'static-curriculum', keep: 0.5, mode: 'paper', seed: 1, problemCount: 4 } as const;
    assert.equal(whatIf(steps, { ...question, labels: [9, 8, 2, 1] }).figures?.passRate.chosen.value, (0 + 1 / 4) / 2);
    assert.equal(whatIf(steps, { ...question, labels: [null, null, 2, 1] }).figures?.passRate.chosen.value, (1 + 0) / 2);
  });

  it('hands on the parameters of the strategy', () => {
    // A band that only the pass rate 1/4 fits.
    assert.equal(ask('balanced-filter', [step([4, 3, 1, 1]), step([4, 3, 0, 0])], { low: 0.2, high: 0.3 }).figures?.passRate.chosen.value, 0);
    assert.equal(ask('balanced-filter', [step([4, 4, 3, 1]), step([4, 4, 0, 0])], { low: 0.9, high: 1 }).figures?.passRate.chosen.value, 1);
  });

  it('leaves out groups in which a single rollout was scored', () => {
    const lone: CandidateGroup = { problem: 4, correct: 1, scored: 1, difficulty: 0 };
    const withLone = (correct: readonly number[]): CandidateStep => ({ competence: 0, groups: [lone, ...step(correct).groups] });
    assert.equal(ask('static-curriculum', [withLone([4, 3, 1, 0]), withLone([4, 2, 1, 0])]).basis.groups, 4);
  });

  it('has no figures where no problem comes twice, and counts the steps', () => {
    const fresh = (from: number): CandidateStep => ({ competence: 0, groups: step([1, 2]).groups.map((group) => ({ ...group, problem: group.problem + from })) });
    const result = ask('cdas', [fresh(0), fresh(2), fresh(4)]);
    assert.equal(result.figures, null);
    assert.equal(result.basis.unfamiliarSteps, 3);
  });

  it('leaves out steps that are too small to keep one group', () => {
    const result = ask('cdas', [step([1]), step([2])]);
    assert.deepEqual([result.figures, result.basis.smallSteps], [null, 2]);
  });

  it('knows every strategy of the product by name', () => {
    for (const { name } of strategySpecs) assert.notEqual(ask(name, [step([4, 3, 1, 0]), step([4, 2, 1, 0])]).figures, null, name);
  });
});

describe('the bootstrap over steps', () => {
  const mean = (steps: readonly number[]): readonly number[] => [steps.reduce((sum, value) => sum + value, 0) / steps.length];

  it('gives no interval from fewer than ten steps', () => {
    assert.deepEqual(bootstrapOverSteps([1, 2, 3], 1, mean), [{ value: 2, interval: null }]);
  });

  it('gives the same interval for the same seed', () => {
    const steps = Array.from({ length: 30 }, (_, i) => i % 7);
    assert.deepEqual(bootstrapOverSteps(steps, 5, mean), bootstrapOverSteps(steps, 5, mean));
    assert.notDeepEqual(bootstrapOverSteps(steps, 5, mean), bootstrapOverSteps(steps, 6, mean));
  });

  it('covers the mean of independent steps about 95 times in 100', () => {
    const random = seededRandom(9);
    let covered = 0;
    for (let trial = 0; trial < 60; trial++) {
      const [estimate] = bootstrapOverSteps(Array.from({ length: 100 }, random), trial, mean);
      const [low, high] = estimate?.interval ?? assert.fail();
      if (low <= 0.5 && high >= 0.5) covered++;
    }
    assert.ok(covered >= 50 && covered < 60, `${covered} of 60`);
  });

  it('is wider where neighbouring steps are alike, for it draws blocks', () => {
    assert.equal(blockLength(1000), 10);
    const waves = Array.from({ length: 1000 }, (_, i) => Math.sin(i / 20));
    const shuffled = Array.from({ length: 1000 }, (_, i) => Math.sin(((i * 617) % 1000) / 20));
    const width = (steps: readonly number[]): number => {
      const [low, high] = bootstrapOverSteps(steps, 1, mean)[0]?.interval ?? assert.fail();
      return high - low;
    };
    assert.ok(width(waves) > 2 * width(shuffled));
  });
});
