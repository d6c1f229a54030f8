import type { CdasMode } from './cdas';
import { NearestHeap } from './nearest';
import { seededHash } from './seededHash';

/** What a symmetric batch is chosen from. */
export interface SelectionRequest {
  /** Difficulty per problem index. */
  readonly difficulty: ArrayLike<number>;
  readonly competence: number;
  /** How many problems to choose. */
  readonly batch: number;
  readonly mode: CdasMode;
  /** Breaks ties in `paper` mode; `official-compat` takes the lower index. */
  readonly seed: number;
  /** Pinned problems in the order they should go in; at most `batch` of them do. */
  readonly pinned?: readonly number[];
  /** Problems that never go in. */
  readonly isExcluded?: (problem: number) => boolean;
}

/** The chosen problem indices: the pinned ones, then each side with its best aligned first. No problem twice. */
export interface SymmetricBatch {
  readonly pinned: readonly number[];
  /** D > C. */
  readonly harder: readonly number[];
  /** D <= C. */
  readonly easier: readonly number[];
}

interface Side {
  readonly nearest: readonly number[];
  /** How many of this side a symmetric batch still wants after the pinned ones. */
  readonly wanted: number;
}

/**
 * Alignment-based symmetric sampling (arXiv 2505.17652, Algorithm 1): half of the batch from each side of the
 * competence, least |C - D| first; a short side is filled from the other. Pinned problems count against their own side.
 * O(N log batch), without sorting the whole set.
 */
export function selectSymmetric(request: SelectionRequest): SymmetricBatch {
  const { difficulty, competence } = request;
  const size = request.mode === 'paper' ? request.batch : request.batch - (request.batch % 2);
  const pinned = (request.pinned ?? []).filter((problem) => !request.isExcluded?.(problem)).slice(0, size);
  const isHarder = (problem: number): boolean => (difficulty[problem] ?? 0) > competence;
  const { harder, easier } = nearestPerSide(request, size, new Set(pinned));

  const half = Math.floor(size / 2);
  const pinnedHarder = pinned.filter(isHarder).length;
  const free = size - pinned.length;
  const harderSide: Side = { nearest: harder, wanted: Math.max(0, half - pinnedHarder) };
  const easierSide: Side = { nearest: easier, wanted: Math.max(0, half - (pinned.length - pinnedHarder)) };
  const takeHarder = splitFree(free, harderSide, easierSide, (a, b) => isNearer(request, a, b));
  return {
    pinned,
    harder: harder.slice(0, takeHarder),
    easier: easier.slice(0, free - takeHarder),
  };
}

function isNearer(request: SelectionRequest, a: number, b: number): boolean {
  const distanceA = Math.abs(request.competence - (request.difficulty[a] ?? 0));
  const distanceB = Math.abs(request.competence - (request.difficulty[b] ?? 0));
  if (distanceA !== distanceB) return distanceA < distanceB;
  if (request.mode === 'official-compat') return a < b;
  const tieA = seededHash(request.seed, a);
  const tieB = seededHash(request.seed, b);
  return tieA === tieB ? a < b : tieA < tieB;
}

function nearestPerSide(request: SelectionRequest, size: number, taken: ReadonlySet<number>): { harder: number[]; easier: number[] } {
  const harder = new NearestHeap(size, (a, b) => isNearer(request, a, b));
  const easier = new NearestHeap(size, (a, b) => isNearer(request, a, b));
  for (let problem = 0; problem < request.difficulty.length; problem++) {
    if (taken.has(problem) || request.isExcluded?.(problem)) continue;
    ((request.difficulty[problem] ?? 0) > request.competence ? harder : easier).offer(problem);
  }
  return { harder: harder.sorted(), easier: easier.sorted() };
}

/** How many of the `free` places go to the harder side: the wish of each side, the odd place to the nearer, short sides filled. */
function splitFree(free: number, harder: Side, easier: Side, nearer: (a: number, b: number) => boolean): number {
  let takeHarder = Math.min(harder.wanted, harder.nearest.length, free);
  let takeEasier = Math.min(easier.wanted, easier.nearest.length, free - takeHarder);
  while (takeHarder + takeEasier < free) {
    const nextHarder = harder.nearest[takeHarder];
    const nextEasier = easier.nearest[takeEasier];
    if (nextHarder === undefined && nextEasier === undefined) break;
    const harderFirst = nextEasier === undefined || (nextHarder !== undefined && nearer(nextHarder, nextEasier));
    if (harderFirst) takeHarder++;
    else takeEasier++;
  }
  return takeHarder;
}
