import type { ProblemColumns } from '../../core/cdas';
import type { CdasHistory } from '../../core/cdasHistory';
import type { HeldBefore } from '../../core/historyRows';

/** Bands of equal width over [-1, 1], within which every difficulty lies. */
export const bandCount = 50;

const stepsPerChunk = 256;
const maxShort = 0xffff;

type Counts = Uint16Array | Int32Array;

/** How many visited problems have their difficulty in each band, after every step of a history. */
export class DifficultyBands {
  /** The bands of so many steps, one step after the other; in short words as long as no count is too large for them. */
  private readonly chunks: Counts[] = [];
  private steps = 0;
  private newest: Int32Array = new Int32Array(bandCount);

  /** Adds the counts after the step that the history has just appended. */
  appendStep(history: CdasHistory): void {
    const counts = this.newest;
    countMoves(counts, history.changesOf(history.stepCount - 1), history.state.columns);
    const at = Math.floor(this.steps / stepsPerChunk);
    const chunk = this.chunks[at] ?? new Uint16Array(stepsPerChunk * bandCount);
    const fits = history.state.problemCount <= maxShort || !counts.some((count) => count > maxShort);
    this.chunks[at] = chunk instanceof Uint16Array && !fits ? Int32Array.from(chunk) : chunk;
    this.chunks[at].set(counts, (this.steps++ % stepsPerChunk) * bandCount);
  }

  rewindTo(stepIndex: number): void {
    if (stepIndex >= this.steps) return;
    this.steps = Math.max(0, stepIndex);
    this.chunks.length = Math.ceil(this.steps / stepsPerChunk);
    this.newest = this.after(this.steps - 1);
  }

  /** The counts after a step, easiest band first. */
  after(stepIndex: number): Int32Array {
    const chunk = stepIndex >= 0 && stepIndex < this.steps ? this.chunks[Math.floor(stepIndex / stepsPerChunk)] : undefined;
    const start = (stepIndex % stepsPerChunk) * bandCount;
    return chunk === undefined ? new Int32Array(bandCount) : Int32Array.from(chunk.subarray(start, start + bandCount));
  }
}

/** Takes problems out of the bands in which they were, and puts them into those in which they are. */
function countMoves(counts: Int32Array, { problem, difficulty, visits }: HeldBefore, now: ProblemColumns): void {
  for (let place = 0; place < problem.length; place++) {
    const changed = problem[place] ?? 0;
    if (visits[place] !== 0) bump(counts, difficulty[place] ?? 0, -1);
    if (now.visits[changed] !== 0) bump(counts, now.difficulties[changed] ?? 0, 1);
  }
}

function bump(counts: Int32Array, difficulty: number, by: number): void {
  const band = Math.min(bandCount - 1, Math.max(0, Math.floor(((difficulty + 1) / 2) * bandCount)));
  counts[band] = (counts[band] ?? 0) + by;
}
