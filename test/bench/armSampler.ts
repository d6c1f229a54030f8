import type { CdasState } from '../../src/core/cdas';
import type { ObservedGroup } from '../../src/core/strategies/observations';
import { purposeSeed, randomStream, shuffledIndices } from '../support/demo/random';
import { SamplerMemory } from '../support/demo/samplerMemory';

/** What a strategy of the benchmark is asked for. Every draw of a run has a number of its own. */
export interface ArmRequest {
  readonly draw: number;
  readonly size: number;
  readonly isExcluded: (problem: number) => boolean;
}

/** How an arm samples. */
export interface ArmPlan {
  readonly strategy: string;
  /** Whether CDAS starts with a uniform first epoch. */
  readonly warmUp?: boolean;
  readonly labels?: readonly number[];
}

/**
 * Draws for an arm by a strategy of the product, also several times for one step and from a part of the problems, which no
 * trainer's sampler does. The arms of a seed start with the same uniform epoch.
 */
export class ArmSampler {
  private readonly memory: SamplerMemory;
  private readonly strategy: string;
  private readonly warmUpOrder: readonly number[];
  private warmUpCursor: number;

  constructor(private readonly seed: number, problemCount: number, { strategy, warmUp = true, labels = [] }: ArmPlan) {
    this.memory = new SamplerMemory(problemCount, { labels });
    this.strategy = strategy;
    this.warmUpOrder = shuffledIndices(randomStream(seed, 'epoch'), problemCount);
    this.warmUpCursor = strategy === 'cdas' && warmUp ? 0 : problemCount;
  }

  get cdas(): CdasState {
    return this.memory.cdas;
  }

  /** The problems of a draw, without repetition; fewer than `size` only when fewer are allowed. */
  chooseBatch({ draw, size, isExcluded }: ArmRequest): readonly number[] {
    const first = this.nextOfFirstEpoch(size, isExcluded);
    // The last batch of the epoch is filled from what the epoch has taught about alignment.
    const batch = first.length === size ? first : this.memory.choose(this.strategy, { batch: size, seed: purposeSeed(this.seed, 'selection'), draw, pinned: first, isExcluded });
    this.memory.noteDrawn(batch);
    return batch;
  }

  observe(groups: readonly ObservedGroup[]): void {
    this.memory.observe(groups);
  }

  private nextOfFirstEpoch(size: number, isExcluded: (problem: number) => boolean): readonly number[] {
    const batch: number[] = [];
    while (batch.length < size && this.warmUpCursor < this.warmUpOrder.length) {
      const problem = this.warmUpOrder[this.warmUpCursor++];
      if (problem !== undefined && !isExcluded(problem)) batch.push(problem);
    }
    return batch;
  }
}
