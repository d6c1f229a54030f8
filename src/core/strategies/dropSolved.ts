import { byWeight, rankingStrategy } from './strategy';

/** Problems leave once their pass rate reaches `solved` (arXiv 2510.13786); the rest at random. */
export const dropSolved = rankingStrategy('drop-solved', (seen, stream) => {
  const solved = seen.parameter('solved');
  return byWeight((problem) => ((seen.passRate(problem) ?? 0) < solved ? 1 : 0), stream);
});
