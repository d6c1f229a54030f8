import type { CdasMode } from './cdas';
import { seededHash } from './seededHash';
import { cdasStrategy, type CdasView } from './strategies/cdasStrategy';
import { isMixed } from './strategies/dynamicSampling';
import { Observations } from './strategies/observations';
import { strategies } from './strategies/strategies';
import type { StrategyParameters } from './strategies/strategySpecs';
import type { Strategy } from './strategies/strategy';
import { bootstrapOverSteps, type Estimate } from './whatIfBootstrap';

/** A logged group, with the difficulty that its problem had before the step. */
export interface CandidateGroup {
  readonly problem: number;
  readonly correct: number;
  readonly scored: number;
  readonly difficulty: number;
}

/** A logged step: all its groups are candidates. `competence` is the one from before the step. */
export interface CandidateStep {
  readonly competence: number;
  readonly groups: readonly CandidateGroup[];
}

/** Which choice is asked about. */
export interface WhatIfQuestion {
  /** `cdas`, or the name of another strategy. */
  readonly strategy: string;
  readonly parameters?: StrategyParameters;
  /** The share of each step's candidates that is kept. */
  readonly keep: number;
  readonly mode: CdasMode;
  readonly seed: number;
  /** Problem indices are below this. */
  readonly problemCount: number;
  /** The difficulty that the dataset gives each problem, for the strategies that go by it; null where it gives none. */
  readonly labels?: readonly (number | null)[];
}

/** A figure of the chosen groups beside that of all logged ones, and chosen minus all. */
export interface Compared {
  readonly chosen: Estimate;
  readonly all: Estimate;
  readonly difference: Estimate;
}

/** What the figures rest on. */
export interface WhatIfBasis {
  readonly steps: number;
  /** Candidates in those steps, and how many of them are kept. */
  readonly groups: number;
  readonly kept: number;
  /** The share of those candidates whose problem was in an earlier step. */
  readonly seenBefore: number;
  /** Steps left out: fewer than half of the candidates were in an earlier step; too few candidates to keep one. */
  readonly unfamiliarSteps: number;
  readonly smallSteps: number;
}

/** What within-step re-selection would have given. Null figures: no step counts. */
export interface WhatIf {
  readonly basis: WhatIfBasis;
  readonly figures: {
    /** Groups with a gradient for each generated one; one minus that is the zero-gradient share. */
    readonly mixed: Compared;
    readonly zeroGradient: Compared;
    /** The mean over groups. */
    readonly passRate: Compared;
  } | null;
}

/** Above this share the chosen groups are mostly all groups, and the comparison says little. */
export const largestKeep = 0.5;

/** Strategies that draw at random are run this many times, and the mean is taken. */
const draws = 16;

interface Tally {
  groups: number;
  mixed: number;
  passRateSum: number;
}

interface ReplayedStep {
  readonly all: Tally;
  readonly chosen: Tally;
  readonly seenBefore: number;
}

/**
 * Within-step re-selection: had `strategy` kept a share of the candidates of each logged step, with only what earlier steps
 * had shown (whatever was logged, chosen or not), what would the kept groups look like? This holds for the policies that
 * the log's own batches trained, and says nothing of how training would have gone.
 */
export function whatIf(steps: readonly CandidateStep[], question: WhatIfQuestion): WhatIf {
  const replay = new Replay(question);
  for (const step of steps) replay.take(step);
  const { counted } = replay;
  const sums = totals(counted);
  const basis: WhatIfBasis = {
    steps: counted.length,
    groups: sums.all.groups,
    kept: sums.chosen.groups,
    seenBefore: sums.all.groups === 0 ? 0 : sums.seenBefore / sums.all.groups,
    unfamiliarSteps: replay.unfamiliarSteps,
    smallSteps: replay.smallSteps,
  };
  return { basis, figures: counted.length === 0 ? null : compare(counted, question.seed) };
}

/** Walks through the steps of a log; at each one only what earlier ones showed is known. */
class Replay {
  readonly counted: ReplayedStep[] = [];
  unfamiliarSteps = 0;
  smallSteps = 0;
  private readonly seen: Observations;
  private position = 0;

  constructor(private readonly question: WhatIfQuestion) {
    this.seen = new Observations(question.problemCount, question.parameters, question.labels);
  }

  take(step: CandidateStep): void {
    // One rollout alone cannot show whether a group would have had a gradient.
    const groups = step.groups.filter(({ scored }) => scored >= 2);
    const seenBefore = groups.filter(({ problem }) => this.seen.passRate(problem) !== null).length;
    const size = Math.floor(this.question.keep * groups.length + 1e-9);
    if (size < 1) this.smallSteps++;
    else if (2 * seenBefore < groups.length) this.unfamiliarSteps++;
    else this.counted.push({ all: tally(groups), chosen: this.choose({ ...step, groups }, size), seenBefore });
    this.seen.observe(step.groups);
    this.position++;
  }

  /**
   * The mean over several draws. Candidates are all that a strategy knows of; as no draws are noted, those that go
   * through the problems in passes choose anew in each step.
   */
  private choose({ groups, competence }: CandidateStep, batch: number): Tally {
    const strategy = strategyNamed(this.question, { difficulty: groups.map(({ difficulty }) => difficulty), competence });
    const seen = this.seen.only(groups.map(({ problem }) => problem));
    const mean: Tally = { groups: 0, mixed: 0, passRateSum: 0 };
    for (let draw = 0; draw < draws; draw++) {
      const chosen = strategy.choose(seen, { batch, seed: seededHash(this.question.seed, draw), draw: this.position });
      add(mean, tally(chosen.flatMap((candidate) => groups[candidate] ?? [])), 1 / draws);
    }
    return mean;
  }
}

function strategyNamed({ strategy: name, mode }: WhatIfQuestion, view: Omit<CdasView, 'mode'>): Strategy {
  const strategy = name === 'cdas' ? cdasStrategy(() => ({ ...view, mode })) : strategies.get(name);
  if (strategy === undefined) throw new Error(`no strategy ${name}`);
  return strategy;
}

function tally(groups: readonly CandidateGroup[]): Tally {
  const rates = groups.map(({ correct, scored }) => correct / scored);
  return { groups: groups.length, mixed: rates.filter(isMixed).length, passRateSum: rates.reduce((sum, rate) => sum + rate, 0) };
}

function add(to: Tally, from: Tally, weight = 1): void {
  to.groups += weight * from.groups;
  to.mixed += weight * from.mixed;
  to.passRateSum += weight * from.passRateSum;
}

function totals(steps: readonly ReplayedStep[]): { readonly all: Tally; readonly chosen: Tally; readonly seenBefore: number } {
  const sums = { all: { groups: 0, mixed: 0, passRateSum: 0 }, chosen: { groups: 0, mixed: 0, passRateSum: 0 }, seenBefore: 0 };
  for (const { all, chosen, seenBefore } of steps) {
    add(sums.all, all);
    add(sums.chosen, chosen);
    sums.seenBefore += seenBefore;
  }
  return sums;
}

function compare(steps: readonly ReplayedStep[], seed: number): NonNullable<WhatIf['figures']> {
  const estimates = bootstrapOverSteps(steps, seed, (sample) => {
    const { all, chosen } = totals(sample);
    const mixed = [chosen.mixed / chosen.groups, all.mixed / all.groups] as const;
    return [triple(mixed), triple([1 - mixed[0], 1 - mixed[1]]), triple([chosen.passRateSum / chosen.groups, all.passRateSum / all.groups])].flat();
  });
  const compared = (first: number): Compared => ({ chosen: estimateAt(estimates, first), all: estimateAt(estimates, first + 1), difference: estimateAt(estimates, first + 2) });
  return { mixed: compared(0), zeroGradient: compared(3), passRate: compared(6) };
}

function triple([chosen, all]: readonly [number, number]): readonly number[] {
  return [chosen, all, chosen - all];
}

function estimateAt(estimates: readonly Estimate[], at: number): Estimate {
  return estimates[at] ?? { value: NaN, interval: null };
}
