import { CdasState, type ProblemState } from '../../../src/core/cdas';
import type { Membership } from '../../../src/core/decision';
import { cdasStrategy } from '../../../src/core/strategies/cdasStrategy';
import { Observations, type ObservedGroup } from '../../../src/core/strategies/observations';
import { strategies } from '../../../src/core/strategies/strategies';
import type { Strategy } from '../../../src/core/strategies/strategy';
import { DemoError } from './demoError';
import { purposeSeed, randomStream, shuffledIndices } from './random';

/** All that a sampler under CDAS holds, as it goes into a checkpoint. */
export interface SamplerState {
  readonly problems: readonly ProblemState[];
  readonly difficultySum: number;
  /** How far the first epoch has come in its order. */
  readonly warmUpCursor: number;
  /** When each problem was last in a batch, counted in places of batches, so that no two are equal; 0 for never. */
  readonly lastSampled: readonly number[];
}

/** What the sampler is asked for. */
export interface BatchRequest {
  readonly step: number;
  readonly size: number;
  readonly membershipOf: (problem: number) => Membership;
}

/** How batches are chosen: CDAS unless another strategy is named. */
export interface SamplingPlan {
  readonly strategy?: string;
  /** Whether CDAS starts with a uniform first epoch; true unless said otherwise. */
  readonly warmUp?: boolean;
  /** Difficulties that are known beforehand, for the strategies that use them. */
  readonly labels?: readonly number[];
}

/**
 * Chooses the batches by a strategy of the product. Under CDAS (arXiv 2505.17652, Algorithm 1) the first epoch is uniform
 * without replacement. Pinned problems are in every batch, excluded ones in none.
 */
export class BatchSampler {
  readonly cdas = new CdasState('paper');
  private readonly seen: Observations;
  private readonly strategy: Strategy;
  private readonly warmUpOrder: readonly number[];
  private warmUpCursor: number;
  private lastSampled: number[];

  constructor(private readonly seed: number, problemCount: number, { strategy = 'cdas', warmUp = true, labels = [] }: SamplingPlan = {}) {
    for (let i = 0; i < problemCount; i++) this.cdas.addProblem();
    this.seen = new Observations(problemCount, {}, labels);
    this.strategy = this.strategyNamed(strategy);
    this.warmUpOrder = shuffledIndices(randomStream(seed, 'epoch'), problemCount);
    this.warmUpCursor = strategy === 'cdas' && warmUp ? 0 : problemCount;
    this.lastSampled = Array<number>(problemCount).fill(0);
  }

  /** The problems of a step, without repetition; fewer than `size` only when fewer are allowed. */
  chooseBatch(request: BatchRequest): number[] {
    const pinned = this.pinnedByTurn(request).slice(0, request.size);
    const warming = this.warmUpCursor < this.warmUpOrder.length;
    const batch = warming ? this.nextOfFirstEpoch(request, pinned) : this.byStrategy(request, pinned);
    this.seen.noteDrawn(batch);
    batch.forEach((problem, place) => (this.lastSampled[problem] = request.step * request.size + place));
    return batch;
  }

  /** Takes in what the rollouts of a step showed. */
  observe(groups: readonly ObservedGroup[]): void {
    this.seen.observe(groups);
    this.cdas.rateStep(groups.map(({ problem, correct, scored }) => ({ problem, passRate: correct / scored })));
  }

  state(): SamplerState {
    const problems = Array.from({ length: this.cdas.problemCount }, (_, i) => this.cdas.snapshot(i));
    return { problems, difficultySum: this.cdas.difficultySum, warmUpCursor: this.warmUpCursor, lastSampled: [...this.lastSampled] };
  }

  restore(state: SamplerState): void {
    state.problems.forEach((problem, i) => this.cdas.restore(i, problem));
    this.cdas.difficultySum = state.difficultySum;
    this.warmUpCursor = state.warmUpCursor;
    this.lastSampled = [...state.lastSampled];
  }

  /** Least recently sampled first, so that more pins than a batch holds take turns. */
  private pinnedByTurn({ membershipOf }: BatchRequest): number[] {
    const pinned = this.warmUpOrder.filter((problem) => membershipOf(problem) === 'pin');
    const turn = (problem: number): number => this.lastSampled[problem] ?? 0;
    return pinned.sort((a, b) => turn(a) - turn(b) || a - b);
  }

  private nextOfFirstEpoch(request: BatchRequest, pinned: readonly number[]): number[] {
    const batch = [...pinned];
    while (batch.length < request.size && this.warmUpCursor < this.warmUpOrder.length) {
      const problem = this.warmUpOrder[this.warmUpCursor++]!;
      if (request.membershipOf(problem) === 'normal') batch.push(problem);
    }
    // The last batch of the epoch is filled from what the epoch has taught about alignment.
    return batch.length < request.size ? this.byStrategy(request, batch) : batch;
  }

  private byStrategy({ step, size, membershipOf }: BatchRequest, first: readonly number[]): number[] {
    const isExcluded = (problem: number): boolean => membershipOf(problem) === 'exclude';
    return [...this.strategy.choose(this.seen, { batch: size, seed: purposeSeed(this.seed, 'selection'), draw: step, pinned: first, isExcluded })];
  }

  private strategyNamed(name: string): Strategy {
    const { cdas } = this;
    if (name === 'cdas') return cdasStrategy(() => ({ difficulty: cdas.difficultyColumn(), competence: cdas.competence, mode: cdas.mode }));
    const strategy = strategies.get(name);
    if (strategy === undefined) throw new DemoError(`There is no strategy ${name}; there are cdas, ${[...strategies.keys()].join(', ')}.`);
    return strategy;
  }
}
