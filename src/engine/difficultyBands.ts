import type { CdasHistory } from '../core/cdasHistory';

/** Bands of equal width over [-1, 1], within which every difficulty lies. */
export const bandCount = 50;

/** How many visited problems have their difficulty in each band, after every step of a history. */
export class DifficultyBands {
  private readonly afterStep: Int32Array[] = [];

  /** Adds the counts after the step that the history has just appended. */
  appendStep(history: CdasHistory): void {
    const counts = Int32Array.from(this.afterStep.at(-1) ?? new Int32Array(bandCount));
    history.forEachChanged(history.stepCount - 1, (problem, before) => {
      if (before.visits > 0) bump(counts, before.difficulty, -1);
      if (history.state.visits(problem) > 0) bump(counts, history.state.difficulty(problem), 1);
    });
    this.afterStep.push(counts);
  }

  rewindTo(stepIndex: number): void {
    this.afterStep.length = Math.min(this.afterStep.length, stepIndex);
  }

  /** The counts after a step, easiest band first. */
  after(stepIndex: number): Int32Array {
    return this.afterStep[stepIndex] ?? new Int32Array(bandCount);
  }
}

function bump(counts: Int32Array, difficulty: number, by: number): void {
  const band = Math.min(bandCount - 1, Math.max(0, Math.floor(((difficulty + 1) / 2) * bandCount)));
  counts[band] = (counts[band] ?? 0) + by;
}
