import { byWeight, rankingStrategy } from './strategy';

/** Weight p(1 - p) with the pass rate p so far (arXiv 2502.12272); a problem without one counts as p = 1/2. */
export const learnability = rankingStrategy('learnability', (seen, stream) =>
  byWeight((problem) => {
    const rate = seen.passRate(problem) ?? 0.5;
    return rate * (1 - rate);
  }, stream),
);
