import { CdasState, type ProblemState } from '../../../src/core/cdas';
import type { Membership } from '../../../src/core/decision';
import { selectSymmetric } from '../../../src/core/selection';
import { randomStream, shuffledIndices, streamSeed } from './random';

/** All that a sampler holds, as it goes into a checkpoint. */
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

/**
 * Chooses the batches: the first epoch uniformly without replacement, then symmetric around the competence (CDAS, arXiv
 * 2505.17652, Algorithm 1). Pinned problems are in every batch, excluded ones in none.
 */
export class BatchSampler {
  readonly cdas = new CdasState('paper');
  private readonly warmUpOrder: readonly number[];
  private warmUpCursor = 0;
  private lastSampled: number[];

  constructor(private readonly seed: number, problemCount: number) {
    for (let i = 0; i < problemCount; i++) this.cdas.addProblem();
    this.warmUpOrder = shuffledIndices(randomStream(seed, 'epoch'), problemCount);
    this.lastSampled = Array<number>(problemCount).fill(0);
  }

  /** The problems of a step, without repetition; fewer than `size` only when fewer are allowed. */
  chooseBatch(request: BatchRequest): number[] {
    const pinned = this.pinnedByTurn(request).slice(0, request.size);
    const warming = this.warmUpCursor < this.warmUpOrder.length;
    const batch = warming ? this.nextOfFirstEpoch(request, pinned) : this.aligned(request, pinned, request.size);
    batch.forEach((problem, place) => (this.lastSampled[problem] = request.step * request.size + place));
    return batch;
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
    return batch.length < request.size ? this.aligned(request, batch, request.size) : batch;
  }

  private aligned({ step, membershipOf }: BatchRequest, first: readonly number[], size: number): number[] {
    const { pinned, harder, easier } = selectSymmetric({
      difficulty: this.cdas.difficultyColumn(),
      competence: this.cdas.competence,
      batch: size,
      mode: this.cdas.mode,
      seed: streamSeed(this.seed, 'selection', step),
      pinned: first,
      isExcluded: (problem) => membershipOf(problem) === 'exclude',
    });
    return [...pinned, ...harder, ...easier];
  }
}
