import { byWeight, rankingStrategy } from './strategy';

/** Whether dynamic sampling keeps a generated group: some of its rollouts were correct and some were not. */
export function isMixed(passRate: number): boolean {
  return passRate > 0 && passRate < 1;
}

/**
 * DAPO (arXiv 2503.14476) filters groups after generation (`isMixed`) and refills. As a choice before generation: those
 * whose last group was mixed, and those without one.
 */
export const dynamicSampling = rankingStrategy('dynamic-sampling', (seen, stream) =>
  byWeight((problem) => (isMixed(seen.lastPassRate(problem) ?? 0.5) ? 1 : 0), stream),
);
