import type { CdasMode } from './cdas';
import { NearestHeap } from './nearest';
import { seededHash } from './seededHash';

/** The problems to choose from, and what the choice goes by. */
export interface SelectionRequest {
  /** D, by problem index. */
  readonly difficulty: ArrayLike<number>;
  /** C, on the same scale as the difficulties. */
  readonly competence: number;
  /** How many problems to choose; `official-compat` leaves out the odd one. */
  readonly batch: number;
  readonly mode: CdasMode;
  /** False: the nearest problems, whichever side they lie on. Default true. */
  readonly symmetric?: boolean;
  /** Orders problems that are equally near in `paper` mode; `official-compat` takes the lower index first. */
  readonly seed: number;
  /** Problems that go in first, in this order, as many as fit. Excluded ones do not. */
  readonly pinned?: readonly number[];
  /** Problems that never go in. */
  readonly isExcluded?: (problem: number) => boolean;
}

/**
 * The chosen problem indices, none of them twice; each side without the pinned ones, and with the least |C - D| first.
 */
export interface SymmetricBatch {
  readonly pinned: readonly number[];
  /** D > C. */
  readonly harder: readonly number[];
  /** D <= C. */
  readonly easier: readonly number[];
}

/** The problems harder or easier than competence that may be chosen. */
interface Side {
  /** The nearest ones, nearest first; as many as the batch could hold. */
  readonly nearest: readonly number[];
  /** This side's half of the batch, less the pinned problems that lie on it. */
  readonly wanted: number;
}

/** Problems are looked at in blocks of so many. */
const blockLength = 4096;
/**
 * Block `i * scatteringPrime % blocks` for i = 0, 1, … is each block once, since no array has as many blocks as this
 * prime.
 */
const scatteringPrime = 2_654_435_761;

/**
 * Symmetric sampling (CDAS, arXiv 2505.17652 v3, Algorithm 1): half of the batch from the problems harder than competence
 * (D > C) and half from the others, least |C - D| first. A pinned problem takes a place of the side it lies on. The odd
 * place of an odd batch goes to the nearer side, and places that one side cannot fill go to the other; fewer than `batch`
 * problems come back only where there are no more. O(N log batch) time, O(batch) memory.
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

/** Of problems that are equally near, the one with the lower value comes first. */
function tieValue({ mode, seed }: SelectionRequest, problem: number): number {
  return mode === 'official-compat' ? problem : seededHash(seed, problem);
}

/** The `size` nearest problems of each side, nearest first, without excluded and `taken` ones. */
function nearestPerSide(request: SelectionRequest, size: number, taken: ReadonlySet<number>): { harder: number[]; easier: number[] } {
  const { difficulty, competence, isExcluded } = request;
  const isFree = (problem: number): boolean => !taken.has(problem) && isExcluded?.(problem) !== true;
  const harder = new NearestOfSide(request, size, isFree);
  const easier = new NearestOfSide(request, size, isFree);
  const offerBlock = (start: number, end: number): void => {
    let farthest = Math.max(harder.farthest, easier.farthest);
    for (let problem = start; problem < end; problem++) {
      const above = (difficulty[problem] ?? 0) - competence;
      // Most problems are farther than all that are held already: of ten million, this line is what takes the time.
      if (Math.abs(above) > farthest) continue;
      (above > 0 ? harder : easier).offer(problem, Math.abs(above));
      farthest = Math.max(harder.farthest, easier.farthest);
    }
  };
  // In a scattered order: in a dataset sorted by difficulty nearly every problem would be nearer than the ones before it.
  const blocks = Math.ceil(difficulty.length / blockLength);
  for (let i = 0; i < blocks; i++) {
    const start = ((i * scatteringPrime) % blocks) * blockLength;
    offerBlock(start, Math.min(start + blockLength, difficulty.length));
  }
  return { harder: harder.heap.sorted(), easier: easier.heap.sorted() };
}

/** Collects the nearest problems of one side. */
class NearestOfSide {
  readonly heap: NearestHeap;
  /** |C - D| of the farthest problem held; Infinity until as many are held as are wanted. */
  farthest = Infinity;
  /** Its tie value. */
  private farthestTie = Infinity;

  constructor(
    private readonly request: SelectionRequest,
    size: number,
    private readonly isFree: (problem: number) => boolean,
  ) {
    this.heap = new NearestHeap(size, (a, b) => isNearer(request, a, b));
  }

  /** Takes a problem of this side in if it is among the nearest so far. `distance` is its |C - D|. */
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

/**
 * How many of the `free` places go to the harder side. Each side first gets what it wants and has; the places left over
 * (the odd one, those of a short side) go one by one to whichever side has the nearer problem next.
 */
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
