import { byWeight, rankingStrategy } from './strategy';

/** Weight 1 - s with the pass rate s so far (Kimi k1.5, arXiv 2501.12599). */
export const prioritized = rankingStrategy('prioritized', (seen, stream) => byWeight((problem) => 1 - (seen.passRate(problem) ?? 0), stream));
