import { byWeight, rankingStrategy } from './strategy';

/** Balanced online filtering (arXiv 2504.03380): those whose pass rate so far lies in the band (`low`, `high`), and those without one. */
export const balancedFilter = rankingStrategy('balanced-filter', (seen, stream) => {
  const [low, high] = [seen.parameter('low'), seen.parameter('high')];
  return byWeight((problem) => {
    const rate = seen.passRate(problem);
    return rate === null || (rate >= low && rate <= high) ? 1 : 0;
  }, stream);
});
