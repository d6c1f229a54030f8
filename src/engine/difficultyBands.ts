import type { CdasHistory } from '../core/cdasHistory';
import { Column } from '../core/column';

/** Bands of equal width over [-1, 1], within which every difficulty lies. */
export const bandCount = 50;

/** How many visited problems have their difficulty in each band, after every step of a history. */
export class DifficultyBands {
  /** The bands of all steps, one step after the other. */
  private readonly counts = new Column(Int32Array);

  /** Adds the counts after the step that the history has just appended. */
  appendStep(history: CdasHistory): void {
    const counts = this.after(history.stepCount - 2).slice();
    history.forEachChanged(history.stepCount - 1, (problem, before) => {
      if (before.visits > 0) bump(counts, before.difficulty, -1);
      if (history.state.visits(problem) > 0) bump(counts, history.state.difficulty(problem), 1);
    });
    for (const count of counts) this.counts.push(count);
  }

  rewindTo(stepIndex: number): void {
    this.counts.truncate(stepIndex * bandCount);
  }

  /** The counts after a step, easiest band first; they are only valid until the next step is added. */
  after(stepIndex: number): Int32Array {
    const start = stepIndex * bandCount;
    return start >= 0 && start < this.counts.length ? this.counts.view().subarray(start, start + bandCount) : new Int32Array(bandCount);
  }
}

function bump(counts: Int32Array, difficulty: number, by: number): void {
  const band = Math.min(bandCount - 1, Math.max(0, Math.floor(((difficulty + 1) / 2) * bandCount)));
  counts[band] = (counts[band] ?? 0) + by;
}
