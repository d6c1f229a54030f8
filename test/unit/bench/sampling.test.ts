import assert from 'node:assert/strict';
import { measureSampling, samplingReport, type SamplingOutcome } from '../../bench/sampling';
import { heldOutAfter, ratio } from '../../bench/samplingFigures';
import { samplingPlots } from '../../bench/samplingPlots';
import type { ArmRuns } from '../../bench/samplingReport';
import { trainArm, type RunRecord } from '../../bench/samplingRun';
import { isOffZero, overSeeds, pairedDifference } from '../../bench/samplingStatistics';
import { makeTask } from '../../bench/samplingTask';

const options = { seeds: 2, firstSeed: 1, setup: { problems: 40, warmStartSteps: 20, batch: 8, steps: 8, evaluateEvery: 4, asked: 30 } };

function runsOf({ asIs, curated }: ArmRuns): readonly RunRecord[] {
  return [...asIs, ...curated];
}

describe('the sampling benchmark', () => {
  let outcome: SamplingOutcome;

  before(function () {
    this.timeout(60_000);
    outcome = measureSampling(options, () => undefined);
  });

  it('gives every strategy the same number of optimizer steps with the same number of groups', () => {
    assert.equal(outcome.arms.length, 7);
    for (const { arm, asIs } of outcome.arms.filter(({ arm: { overGenerates } }) => overGenerates !== true)) {
      for (const { steps } of asIs) assert.deepEqual(steps.map(({ trained, generated }) => [trained, generated]), Array(8).fill([8, 8]), arm.title);
    }
  });

  it('lets dynamic sampling train on groups with a gradient only, and counts what it generated for them', () => {
    const [dynamic] = outcome.arms.filter(({ arm }) => arm.overGenerates === true);
    for (const { steps, evaluations } of runsOf(dynamic ?? assert.fail())) {
      assert.equal(ratio(steps, 'zeroGradient', 'trained'), 0);
      assert.ok(steps.every(({ trained, mixed, generated }) => trained === mixed && trained <= 8 && generated >= trained && generated <= 80));
      assert.ok(steps.some(({ generated }) => generated > 8));
      assert.equal(evaluations.at(-1)?.generatedRollouts, 8 * steps.reduce((sum, { generated }) => sum + generated, 0));
    }
  });

  it('counts the rollouts that gave the static curriculum its labels', () => {
    const [curriculum] = outcome.arms.filter(({ arm }) => arm.usesLabels === true);
    assert.equal(curriculum?.asIs[0]?.evaluations[0]?.generatedRollouts, 40 * 8);
    assert.equal(outcome.arms[0]?.asIs[0]?.evaluations[0]?.generatedRollouts, 0);
  });

  it('starts all strategies of a seed from the same policy', () => {
    const starts = new Set(outcome.arms.flatMap((each) => [each.asIs[0], each.curated[0]].map((run) => run?.evaluations[0]?.heldOut)));
    assert.equal(starts.size, 1);
  });

  it('keeps wrong labels out of a curated run, and only there', () => {
    const wrong = (runs: readonly RunRecord[]): number => runs.reduce((sum, { steps }) => sum + steps.reduce((total, { mislabelled }) => total + mislabelled, 0), 0);
    assert.equal(wrong(outcome.arms.flatMap(({ curated }) => curated)), 0);
    assert.ok(wrong(outcome.arms.flatMap(({ asIs }) => asIs)) > 0);
  });

  it('comes out the same again', () => {
    for (const { arm, asIs } of outcome.arms.filter(({ arm: { strategy } }) => ['cdas', 'mopps'].includes(strategy))) {
      const { steps, evaluations } = trainArm(makeTask(1, options.setup), arm, { setup: options.setup, curated: false });
      assert.deepEqual([steps, evaluations], [asIs[0]?.steps, asIs[0]?.evaluations]);
    }
  });

  it('reports every strategy in every table, what-if beside the truth, and what it cannot tell', () => {
    const report = samplingReport(outcome, options, { plots: '![a](plots/a.svg)', cpuMinutes: 1 });
    for (const { arm } of outcome.arms) assert.ok(report.split(`\n| ${arm.title} |`).length - 1 >= 5, arm.title);
    for (const { title } of outcome.whatIf[0]?.strategies ?? []) assert.match(report, new RegExp(`\\n\\| ${title} \\| .* ± `));
    assert.match(report, /It cannot tell which strategy is best for a language model/);
    assert.doesNotMatch(report, /NaN|undefined|Infinity/);
  });

  it('draws four plots without a point that is not a number', () => {
    const plots = samplingPlots(outcome.arms, 4);
    assert.deepEqual([...plots.keys()], ['zero-gradient.svg', 'mislabelled.svg', 'held-out-steps.svg', 'held-out-rollouts.svg']);
    for (const svg of plots.values()) assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
  });
});

describe('the figures of the sampling benchmark', () => {
  it('have t-intervals over seeds', () => {
    // Mean 2, standard deviation 1, three values: 4.303 / sqrt(3).
    const { mean, half } = overSeeds([1, 2, 3]);
    assert.equal(mean, 2);
    assert.ok(Math.abs((half ?? NaN) - 2.4843) < 1e-3);
    assert.equal(overSeeds([1]).half, null);
  });

  it('pair differences by seed', () => {
    const gap = pairedDifference([1.1, 5.1, 9.12], [1, 5, 9]);
    assert.ok(Math.abs(gap.mean - 0.32 / 3) < 1e-12);
    assert.equal(isOffZero(gap), true);
    assert.equal(isOffZero(pairedDifference([1, 5, 9], [2, 4, 9])), false);
  });

  it('read the accuracy at a number of rollouts off a straight line', () => {
    const at = (generatedRollouts: number, heldOut: number): RunRecord['evaluations'][number] => ({ step: 0, generatedRollouts, heldOut, training: 0 });
    const run: RunRecord = { steps: [], log: [], evaluations: [at(100, 0.2), at(200, 0.4)] };
    assert.ok(Math.abs(heldOutAfter(run, 150) - 0.3) < 1e-12);
    assert.equal(heldOutAfter(run, 100), 0.2);
    assert.ok(Number.isNaN(heldOutAfter(run, 201)));
  });
});
