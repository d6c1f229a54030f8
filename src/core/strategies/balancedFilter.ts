import { byWeight, rankingStrategy } from './strategy';

/** Whether a balanced online filter keeps a group (arXiv 2504.03380). */
export function isInBand(passRate: number, low = 0.2, high = 0.8): boolean {
  return passRate >= low && passRate <= high;
}

/** Those whose pass rate so far lies in the band (`low`, `high`), and those without one. */
export const balancedFilter = rankingStrategy('balanced-filter', (seen, stream) => {
  const [low, high] = [seen.parameter('low', 0.2), seen.parameter('high', 0.8)];
  return byWeight((problem) => {
    const rate = seen.passRate(problem);
    return rate === null || isInBand(rate, low, high) ? 1 : 0;
  }, stream);
});
