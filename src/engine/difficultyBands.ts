import type { CdasHistory } from '../core/cdasHistory';

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
    history.forEachChanged(history.stepCount - 1, (problem, before) => {
      if (before.visits > 0) bump(counts, before.difficulty, -1);
      if (history.state.visits(problem) > 0) bump(counts, history.state.difficulty(problem), 1);
    });
    const at = Math.floor(this.steps / stepsPerChunk);
    const chunk = this.chunks[at] ?? new Uint16Array(stepsPerChunk * bandCount);
    this.chunks[at] = chunk instanceof Uint16Array && counts.some((count) => count > maxShort) ? Int32Array.from(chunk) : chunk;
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

function bump(counts: Int32Array, difficulty: number, by: number): void {
  const band = Math.min(bandCount - 1, Math.max(0, Math.floor(((difficulty + 1) / 2) * bandCount)));
  counts[band] = (counts[band] ?? 0) + by;
}
