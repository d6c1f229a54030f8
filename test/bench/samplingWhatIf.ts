import { whatIf, type Compared } from '../../src/core/whatIf';
import { whatIfArms } from './samplingArms';
import { ratio } from './samplingFigures';
import { difference, markdown, percent } from './samplingReport';
import { trainArm, type Arm, type RunRecord } from './samplingRun';
import { overSeeds, pairedDifference } from './samplingStatistics';
import type { Setup, Task } from './samplingTask';

/** What one seed gives for each strategy: the estimate from the random run's log, and the truth of a run trained so. */
export interface WhatIfSeed {
  readonly strategies: readonly { readonly title: string; readonly mixed: Compared; readonly truth: number }[];
  /** The truth of a run that keeps a random half. */
  readonly randomTruth: number;
}

const keep = 0.5;

/** Asks what-if about the log of a random run, and trains what it was asked about. */
export function whatIfOfSeed(task: Task, random: RunRecord, setup: Setup): WhatIfSeed {
  // What-if counts the steps in which problems come again.
  const firstCounted = Math.ceil(task.problems.length / setup.batch);
  const half = { ...setup, batch: setup.batch * keep, evaluateEvery: Infinity };
  const truthOf = (arm: Arm): number => {
    const { steps } = trainArm(task, { ...arm, candidates: setup.batch }, { setup: half, curated: false });
    return ratio(steps.slice(firstCounted), 'mixed', 'generated');
  };
  const strategies = whatIfArms.map((arm) => {
    const { figures } = whatIf(random.log, { strategy: arm.strategy, keep, mode: 'paper', seed: task.seed, problemCount: task.problems.length });
    if (figures === null) throw new Error('the run is too short for what-if: no problem came twice');
    return { title: arm.title, mixed: figures.mixed, truth: truthOf(arm) };
  });
  return { strategies, randomTruth: truthOf({ title: 'random', strategy: 'random' }) };
}

/** The estimates beside the truth. */
export function whatIfTable(seeds: readonly WhatIfSeed[]): string {
  const rows = whatIfArms.map(({ title }) => {
    const found = seeds.flatMap(({ strategies, randomTruth }) => strategies.filter((each) => each.title === title).map((each) => ({ ...each, randomTruth })));
    const estimates = found.map(({ mixed }) => mixed.chosen.value);
    const truths = found.map(({ truth }) => truth);
    const estimatedGains = found.map(({ mixed }) => mixed.difference.value);
    const trueGains = found.map(({ truth, randomTruth }) => truth - randomTruth);
    return [
      title,
      percent(overSeeds(found.map(({ mixed }) => mixed.all.value))),
      percent(overSeeds(estimates)),
      percent(overSeeds(truths)),
      difference(pairedDifference(estimates, truths)),
      difference(overSeeds(estimatedGains)),
      difference(overSeeds(trueGains)),
      difference(pairedDifference(estimatedGains, trueGains)),
    ];
  });
  return markdown(['', 'all logged', 'what-if', 'really trained', 'gap', 'what-if − all logged', 'really trained − random, really trained', 'gap of these'], rows);
}
