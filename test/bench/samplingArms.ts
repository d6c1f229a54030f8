import type { Arm } from './samplingRun';

/** The strategies that are compared; the first is the reference. */
export const arms: readonly Arm[] = [
  { title: 'random', strategy: 'random' },
  { title: 'static curriculum', strategy: 'static-curriculum', usesLabels: true },
  { title: 'prioritized (1 − s)', strategy: 'prioritized' },
  { title: 'dynamic sampling', strategy: 'random', overGenerates: true },
  { title: 'MoPPS', strategy: 'mopps' },
  { title: 'learnability', strategy: 'learnability' },
  { title: 'CDAS', strategy: 'cdas' },
];

/** The strategies that what-if is asked about: those that choose by what a log has shown. */
export const whatIfArms: readonly Arm[] = ['cdas', 'mopps', 'learnability', 'prioritized', 'dynamic-sampling'].map((strategy) => ({ title: strategy, strategy }));
