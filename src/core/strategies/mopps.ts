import { seededHash } from '../seededHash';
import { rankingStrategy } from './strategy';
import { Stream } from './streams';

/**
 * MoPPS (arXiv 2507.04632): a pass rate is drawn from each problem's Beta counts (which forget by `decay`), and those
 * nearest to `target` are taken; `candidates` is the share of problems that are drawn for.
 */
export const mopps = rankingStrategy('mopps', (seen, stream) => {
  const [target, candidates] = [seen.parameter('target'), seen.parameter('candidates')];
  return (problem) => {
    const own = new Stream(seededHash(stream, problem));
    if (own.uniform() >= candidates) return Infinity;
    return Math.abs(own.beta(seen.alpha(problem), seen.beta(problem)) - target);
  };
});
