import { rankingStrategy } from './strategy';

/** Uniform, without replacement until every problem has come. */
export const random = rankingStrategy('random', () => () => 0, true);
