import { seededHash, seededRandom } from '../../../src/core/seededHash';

/** What the random numbers of the demo are drawn for: each purpose has a stream of its own. */
export type Stream = 'problems' | 'wrongLabels' | 'weights' | 'warmStart' | 'epoch' | 'selection' | 'rollouts' | 'validation' | 'offline';

/** Numbers in [0, 1). */
export type Random = () => number;

const streams: readonly Stream[] = ['problems', 'wrongLabels', 'weights', 'warmStart', 'epoch', 'selection', 'rollouts', 'validation', 'offline'];

/** The seed of a purpose. */
export function purposeSeed(seed: number, stream: Stream): number {
  return seededHash(seed, streams.indexOf(stream));
}

/** The random numbers of a purpose at a step: they depend on nothing else, so a resumed run draws what an unbroken one draws. */
export function randomStream(seed: number, stream: Stream, step = 0): Random {
  return seededRandom(seededHash(purposeSeed(seed, stream), step));
}

/** A whole number from `low` to `high`, both included. */
export function integerBetween(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** The numbers 0 to `count` - 1 in random order (Fisher-Yates). */
export function shuffledIndices(random: Random, count: number): number[] {
  const indices = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = integerBetween(random, 0, i);
    [indices[i], indices[j]] = [indices[j] ?? 0, indices[i] ?? 0];
  }
  return indices;
}

/** A normally distributed number of mean 0 and variance 1 (Box-Muller). */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
