import { rankingStrategy } from './strategy';

/** AdaRFT (arXiv 2504.05520): the problems nearest to a target difficulty that follows the mean reward. */
export const adaptiveTarget = rankingStrategy('adarft', (seen) => (problem) => Math.abs(seen.difficulty(problem) - seen.target));
