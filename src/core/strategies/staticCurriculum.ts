import { rankingStrategy } from './strategy';

/** From easy to hard, by the given difficulty or the pass rate so far; every problem once, then again. */
export const staticCurriculum = rankingStrategy('static-curriculum', (seen) => (problem) => seen.difficulty(problem), true);
