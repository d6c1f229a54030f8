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
  /** False takes the nearest of either side. */
  readonly symmetric?: boolean;
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

const blockLength = 4096;
/** Its multiples meet every block once, as it divides no count of blocks that fits into memory. */
const scatteringPrime = 2_654_435_761;

/**
 * Alignment-based symmetric sampling (arXiv 2505.17652, Algorithm 1): half of the batch from each side of the
 * competence, least |C - D| first; a short side is filled from the other. Pinned problems count against their own side.
 * O(N log batch), without sorting the whole set.
 */
export function selectSymmetric(request: SelectionRequest): SymmetricBatch {
  const { difficulty, competence } = request;
  const size = request.mode === 'paper' ? request.batch : request.batch - (request.batch % 2);
  const pinned = [...new Set(request.pinned)].filter((problem) => !request.isExcluded?.(problem)).slice(0, size);
  const isHarder = (problem: number): boolean => (difficulty[problem] ?? 0) > competence;
  const { harder, easier } = nearestPerSide(request, size, new Set(pinned));

  const half = request.symmetric === false ? 0 : Math.floor(size / 2);
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
  const [distanceA, distanceB] = [distanceOf(request, a), distanceOf(request, b)];
  if (distanceA !== distanceB) return distanceA < distanceB;
  const [tieA, tieB] = [tieValue(request, a), tieValue(request, b)];
  return tieA === tieB ? a < b : tieA < tieB;
}

function distanceOf({ difficulty, competence }: SelectionRequest, problem: number): number {
  return Math.abs(competence - (difficulty[problem] ?? 0));
}

/** Of problems that are equally near the one with the lower value comes first. */
function tieValue({ mode, seed }: SelectionRequest, problem: number): number {
  return mode === 'official-compat' ? problem : seededHash(seed, problem);
}

function nearestPerSide(request: SelectionRequest, size: number, taken: ReadonlySet<number>): { harder: number[]; easier: number[] } {
  const { difficulty, competence, isExcluded } = request;
  const isFree = (problem: number): boolean => !taken.has(problem) && isExcluded?.(problem) !== true;
  const harder = new NearestOfSide(request, size, isFree);
  const easier = new NearestOfSide(request, size, isFree);
  const offerBlock = (start: number, end: number): void => {
    let farthest = Math.max(harder.farthest, easier.farthest);
    for (let problem = start; problem < end; problem++) {
      const above = (difficulty[problem] ?? 0) - competence;
      // Most problems lie behind all that is held already: of ten million, this line is what takes the time.
      if (Math.abs(above) > farthest) continue;
      (above > 0 ? harder : easier).offer(problem, Math.abs(above));
      farthest = Math.max(harder.farthest, easier.farthest);
    }
  };
  // In a scattered order: a dataset sorted by difficulty would else offer ever nearer problems.
  const blocks = Math.ceil(difficulty.length / blockLength);
  for (let i = 0; i < blocks; i++) {
    const start = ((i * scatteringPrime) % blocks) * blockLength;
    offerBlock(start, Math.min(start + blockLength, difficulty.length));
  }
  return { harder: harder.heap.sorted(), easier: easier.heap.sorted() };
}

/** The nearest problems of one side. */
class NearestOfSide {
  readonly heap: NearestHeap;
  /** Distance and tie value of the last problem that it holds, once it is full. */
  farthest = Infinity;
  private farthestTie = Infinity;

  constructor(
    private readonly request: SelectionRequest,
    size: number,
    private readonly isFree: (problem: number) => boolean,
  ) {
    this.heap = new NearestHeap(size, (a, b) => isNearer(request, a, b));
  }

  offer(problem: number, distance: number): void {
    if (distance > this.farthest) return;
    if (distance === this.farthest && tieValue(this.request, problem) > this.farthestTie) return;
    if (!this.isFree(problem)) return;
    this.heap.offer(problem);
    const last = this.heap.lastKept;
    if (last === undefined) return;
    this.farthest = distanceOf(this.request, last);
    this.farthestTie = tieValue(this.request, last);
  }
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
