import type { Observations } from './observations';
import { byWeight, rankingStrategy } from './strategy';

/** Pools by the last pass rate, each with a share of the batch, as prime-rl has them. */
export const difficultyPools = rankingStrategy('difficulty-pools', (seen, stream) => {
  const shares = [seen.parameter('easy'), seen.parameter('normal'), seen.parameter('hard')];
  const pool = poolOf(seen);
  const sizes = [0, 0, 0];
  for (let problem = 0; problem < seen.count; problem++) sizes[pool(problem)] = (sizes[pool(problem)] ?? 0) + 1;
  return byWeight((problem) => (shares[pool(problem)] ?? 0) / (sizes[pool(problem)] ?? 1), stream);
});

function poolOf(seen: Observations): (problem: number) => number {
  const [easyFrom, hardTo] = [seen.parameter('easyFrom'), seen.parameter('hardTo')];
  return (problem) => {
    const last = seen.lastPassRate(problem);
    if (last === null) return 1;
    if (last >= easyFrom) return 0;
    return last <= hardTo ? 2 : 1;
  };
}
