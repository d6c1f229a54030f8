import { followedParameters, type StrategyParameters } from './strategySpecs';

/** A problem in one step: how many of its scored rollouts were correct. */
export interface ObservedGroup {
  readonly problem: number;
  readonly correct: number;
  readonly scored: number;
}

/** What the strategies know of every problem, by dense index: rollouts, pass rates, draws and given difficulties. */
export class Observations {
  private readonly correct: Float64Array;
  private readonly scored: Float64Array;
  private readonly lastRates: Float64Array;
  private readonly alphas: Float64Array;
  private readonly betas: Float64Array;
  private readonly draws: Int32Array;
  private readonly labels: Float64Array;
  private parameters: ReadonlyMap<string, number>;
  private targetDifficulty = 0;

  constructor(
    readonly count: number,
    parameters: StrategyParameters = {},
    labels: readonly (number | null)[] = [],
  ) {
    this.parameters = followedParameters(parameters);
    this.correct = new Float64Array(count);
    this.scored = new Float64Array(count);
    this.lastRates = new Float64Array(count).fill(NaN);
    this.alphas = new Float64Array(count).fill(1);
    this.betas = new Float64Array(count).fill(1);
    this.draws = new Int32Array(count);
    this.labels = scaled(labels, count);
  }

  /** The difficulty that AdaRFT aims at now. */
  get target(): number {
    return this.targetDifficulty;
  }

  /** What is known of some problems alone; they are numbered from 0 in the order given. */
  only(problems: readonly number[]): Observations {
    const part = new Observations(problems.length);
    part.parameters = this.parameters;
    part.targetDifficulty = this.targetDifficulty;
    problems.forEach((problem, at) => {
      for (const column of ['correct', 'scored', 'lastRates', 'alphas', 'betas', 'draws', 'labels'] as const) part[column][at] = this[column][problem] ?? NaN;
    });
    return part;
  }

  /** Weighs the steps from now on by other parameters; what was seen before stays as it was weighed then. */
  follow(parameters: StrategyParameters): void {
    this.parameters = followedParameters(parameters);
  }

  /** A number among the parameters of the strategies; its default where it is missing or cannot be followed. */
  parameter(name: string): number {
    const value = this.parameters.get(name);
    if (value === undefined) throw new RangeError(`no strategy has a parameter ${name}`);
    return value;
  }

  /** Takes in one step; groups without a scored rollout say nothing. */
  observe(groups: Iterable<ObservedGroup>): void {
    const decay = this.parameter('decay');
    let [sum, count] = [0, 0];
    for (const { problem, correct, scored } of groups) {
      if (scored <= 0) continue;
      sum += correct / scored;
      count++;
      this.correct[problem] = (this.correct[problem] ?? 0) + correct;
      this.scored[problem] = (this.scored[problem] ?? 0) + scored;
      this.lastRates[problem] = correct / scored;
      this.alphas[problem] = decay * this.alpha(problem) + (1 - decay) + correct;
      this.betas[problem] = decay * this.beta(problem) + (1 - decay) + (scored - correct);
    }
    if (count > 0) this.moveTarget(sum / count);
  }

  /** AdaRFT: towards harder problems while the mean reward is above the desired one, else towards easier ones. */
  private moveTarget(mean: number): void {
    const pull = Math.tanh(this.parameter('sensitivity') * (mean - this.parameter('desired')));
    this.targetDifficulty = Math.min(1, Math.max(0, this.targetDifficulty + this.parameter('rate') * pull));
  }

  /** Forgets the rollouts of a problem whose ground truth changed. */
  forget(problem: number): void {
    this.correct[problem] = 0;
    this.scored[problem] = 0;
    this.lastRates[problem] = NaN;
    this.alphas[problem] = 1;
    this.betas[problem] = 1;
  }

  /** Notes a batch that is going to be trained. */
  noteDrawn(problems: Iterable<number>): void {
    for (const problem of problems) this.draws[problem] = this.drawn(problem) + 1;
  }

  /** The share of correct rollouts; null while there are none. */
  passRate(problem: number): number | null {
    const scored = this.scored[problem] ?? 0;
    return scored === 0 ? null : (this.correct[problem] ?? 0) / scored;
  }

  /** The pass rate of the last step that a problem was in; null before. */
  lastPassRate(problem: number): number | null {
    const rate = this.lastRates[problem] ?? NaN;
    return Number.isNaN(rate) ? null : rate;
  }

  /** Decayed count of correct rollouts, with the prior. */
  alpha(problem: number): number {
    return this.alphas[problem] ?? 1;
  }

  /** Decayed count of wrong rollouts, with the prior. */
  beta(problem: number): number {
    return this.betas[problem] ?? 1;
  }

  /** How often a problem was drawn. */
  drawn(problem: number): number {
    return this.draws[problem] ?? 0;
  }

  /** From 0 (easy) to 1: as given with the dataset, else what the rollouts say, else the middle. */
  difficulty(problem: number): number {
    const label = this.labels[problem] ?? NaN;
    if (!Number.isNaN(label)) return label;
    const rate = this.passRate(problem);
    return rate === null ? 0.5 : 1 - rate;
  }
}

/** Given difficulties from 0 to 1, NaN where none is given. */
function scaled(labels: readonly (number | null)[], count: number): Float64Array {
  const found = new Float64Array(count).fill(NaN);
  let [low, high] = [Infinity, -Infinity];
  for (const label of labels) {
    if (label === null || !Number.isFinite(label)) continue;
    low = Math.min(low, label);
    high = Math.max(high, label);
  }
  const span = high > low ? high - low : 1;
  for (let problem = 0; problem < count; problem++) {
    const label = labels[problem] ?? NaN;
    if (Number.isFinite(label)) found[problem] = (label - low) / span;
  }
  return found;
}
