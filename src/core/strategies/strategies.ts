import { adaptiveTarget } from './adaptiveTarget';
import { balancedFilter } from './balancedFilter';
import { difficultyPools } from './difficultyPools';
import { dropSolved } from './dropSolved';
import { dynamicSampling } from './dynamicSampling';
import { learnability } from './learnability';
import { mopps } from './mopps';
import { prioritized } from './prioritized';
import { random } from './random';
import { staticCurriculum } from './staticCurriculum';
import type { RankingStrategy } from './strategy';

/** Every strategy but CDAS itself, by the name that sampler.json gives it. */
export const strategies: ReadonlyMap<string, RankingStrategy> = new Map(
  [random, staticCurriculum, prioritized, learnability, dynamicSampling, balancedFilter, mopps, difficultyPools, dropSolved, adaptiveTarget].map(
    (strategy) => [strategy.name, strategy],
  ),
);
