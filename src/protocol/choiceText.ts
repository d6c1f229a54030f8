import { grouped } from '../core/figures';
import type { NextBatch, ProblemChoice } from './nextBatch';

/** Why a problem is in the next batch or not, in a few words. */
export function whyText(choice: ProblemChoice, { uniform, strategy }: Pick<NextBatch, 'uniform' | 'strategy'>): string {
  if (choice.rule === 'pinned') return 'pinned';
  if (choice.rule === 'excluded') return 'excluded';
  if (uniform) return strategy.name === 'cdas' ? 'warm-up, a uniform pass over the dataset' : 'a uniform pass over the dataset';
  if (choice.rank === null) return 'not ranked';
  const side = choice.side === null ? '' : ` on the ${choice.side} side`;
  const tied = choice.tied > 1 ? `, ${grouped(choice.tied)} share it` : '';
  return `rank ${grouped(choice.rank)} of ${grouped(choice.candidates)}${side}${tied}; ${choice.places === 0 ? 'none is' : `the first ${grouped(choice.places)} are`} chosen`;
}
