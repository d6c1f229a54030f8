import { selectSymmetric } from '../core/selection';
import type { CurationState } from '../core/decisionFold';
import type { ObservedRun } from '../engine/observedRun';

/** The batch that symmetric sampling would choose now: the pinned problems, then each side, best aligned first. */
export interface NextBatch {
  readonly ids: readonly string[];
  /** How many of `ids` were chosen from each side, and how many are pinned. */
  readonly harder: number;
  readonly easier: number;
  readonly pinned: number;
  readonly competence: number;
}

/** Chooses a batch of `size` from a run's problems under the decisions made so far, pending ones included. */
export function nextBatch(run: ObservedRun, curation: CurationState, { size, seed }: { readonly size: number; readonly seed: number }): NextBatch {
  const { registry, history } = run;
  const membership = (problem: number): string => curation.problems.get(registry.problems[problem]?.id ?? '')?.membership ?? 'normal';
  const pinned = [...registry.problems.keys()].filter((problem) => membership(problem) === 'pin');
  const lastVisit = new Map(pinned.map((problem) => [problem, history.entriesOf(problem).findLast(({ kind }) => kind === 'visit')?.stepIndex ?? -1]));
  // More pins than a batch holds take turns, the least recently sampled first.
  pinned.sort((a, b) => (lastVisit.get(a) ?? -1) - (lastVisit.get(b) ?? -1) || a - b);
  const { competence } = history.state;
  const batch = selectSymmetric({
    difficulty: history.state.difficultyColumn(),
    competence,
    batch: size,
    mode: run.mode,
    seed,
    pinned,
    isExcluded: (problem) => membership(problem) === 'exclude',
  });
  const chosen = [...batch.pinned, ...batch.harder, ...batch.easier];
  return {
    ids: chosen.map((problem) => registry.problems[problem]?.id ?? ''),
    harder: batch.harder.length,
    easier: batch.easier.length,
    pinned: batch.pinned.length,
    competence,
  };
}
