import { NearestHeap } from '../nearest';
import { seededHash } from '../seededHash';
import type { Observations } from './observations';
import { uniform } from './streams';

/** A draw: how many, which draw of which seed, what goes in first and what never does. */
export interface DrawRequest {
  readonly batch: number;
  readonly seed: number;
  /** Counts the draws of a run: each has values of its own. */
  readonly draw: number;
  readonly pinned?: readonly number[];
  readonly isExcluded?: (problem: number) => boolean;
}

/** A way to choose the next batch from what was observed. Pure: the same request gives the same batch. */
export interface Strategy {
  readonly name: string;
  readonly choose: (seen: Observations, request: DrawRequest) => readonly number[];
}

/** A number for each problem; the least ones are chosen. */
export type Rank = (problem: number) => number;

/** What a draw orders a problem by: its turn, then its rank; the least come first. */
export type OrderKey = readonly [turn: number, rank: number];

/** A strategy whose choice can be explained problem by problem. */
export interface RankingStrategy extends Strategy {
  /** What a draw orders the problems by; equal keys come in seeded order. */
  readonly keyOf: (seen: Observations, request: DrawRequest) => (problem: number) => OrderKey;
}

const tieNumber = 0xffffffff;

/**
 * A strategy that ranks every problem by itself: pinned ones go in first, equal ranks come in seeded order.
 * With `eachOnce` no problem comes again before all have come. O(N log batch).
 */
export function rankingStrategy(name: string, rankOf: (seen: Observations, stream: number) => Rank, eachOnce = false): RankingStrategy {
  return {
    name,
    keyOf: (seen, { seed, draw }) => {
      const rank = rankOf(seen, seededHash(seed, draw));
      return (problem) => [eachOnce ? seen.drawn(problem) : 0, rank(problem)];
    },
    choose: (seen, request) => {
      const stream = seededHash(request.seed, request.draw);
      const isFree = (problem: number): boolean => request.isExcluded?.(problem) !== true;
      const pinned = [...new Set(request.pinned)].filter(isFree).slice(0, request.batch);
      const taken = new Set(pinned);
      const rank = rankOf(seen, stream);
      const heap = new NearestHeap(request.batch - pinned.length, orderOf(seen, stream, { rank, eachOnce }));
      if (pinned.length < request.batch) {
        for (let problem = 0; problem < seen.count; problem++) {
          if (!taken.has(problem) && isFree(problem)) heap.offer(problem);
        }
      }
      return [...pinned, ...heap.sorted()];
    },
  };
}

function orderOf(seen: Observations, stream: number, { rank, eachOnce }: { rank: Rank; eachOnce: boolean }): (a: number, b: number) => boolean {
  const ranks = new Float64Array(seen.count).fill(NaN);
  const rankFor = (problem: number): number => {
    const known = ranks[problem] ?? NaN;
    return Number.isNaN(known) ? (ranks[problem] = rank(problem)) : known;
  };
  const ties = seededHash(stream, tieNumber);
  return (a, b) => {
    const turn = eachOnce ? seen.drawn(a) - seen.drawn(b) : 0;
    if (turn !== 0) return turn < 0;
    const [rankA, rankB] = [rankFor(a), rankFor(b)];
    if (rankA !== rankB) return rankA < rankB;
    const [tieA, tieB] = [seededHash(ties, a), seededHash(ties, b)];
    return tieA === tieB ? a < b : tieA < tieB;
  };
}

/** Drawing without replacement by weight (Efraimidis and Spirakis 2006): the least of -ln(u)/w come first. */
export function byWeight(weight: (problem: number) => number, stream: number): Rank {
  return (problem) => {
    const mass = weight(problem);
    return mass > 0 ? -Math.log(uniform(stream, problem)) / mass : Infinity;
  };
}
