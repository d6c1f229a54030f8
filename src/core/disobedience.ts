import type { Receipt } from './decision';

/**
 * Why a trainer does not follow a decision: its dataset lacks the problem, or cannot tell it apart; it refused the
 * exclusion, lest nothing be left to train on; its adapter has no way to obey it; or it listed only some of the
 * problems that it could not follow and this may be one of the others.
 */
export type Disobedience = 'absent' | 'ambiguous' | 'refused' | 'unsupported' | 'unlisted';

/** What a receipt says of the problems that the trainer does not follow. */
export interface Disobeyed {
  readonly listed: ReadonlyMap<string, Disobedience>;
  /** Where the list was cut off: ids that sort after this one may belong to it. Null where it is whole. */
  readonly wholeUpTo: string | null;
}

const texts: Readonly<Record<Disobedience, string>> = {
  absent: 'The trainer’s dataset does not contain this problem. Check that the job trains on this dataset and that its rows have the same id or text.',
  ambiguous: 'Several different rows of the trainer’s dataset match this problem. Give each row its own id (problem_id) and decide again.',
  refused: 'The trainer refused this exclusion: together, the exclusions would leave no problem to train on. Clear some of them.',
  unsupported: 'The trainer’s adapter cannot follow this decision: its framework has no hook for pins and exclusions. Change the dataset, or use an adapter that chooses batches.',
  unlisted: 'The trainer could not follow more decisions than its receipt lists, and this may be one of them. It stays pending; check the job’s log.',
};

/** Why a decision is not followed, and what to do. */
export function disobedienceText(why: Disobedience): string {
  return texts[why];
}

/** Whether only pins and exclusions of the problem are not followed; a relabel of it is. */
export function isOfMembershipOnly(why: Disobedience | null): boolean {
  return why === 'refused' || why === 'unsupported';
}

/** What a receipt says of the problems that are not followed. */
export function disobeyedBy({ unmatched, ambiguous = [], refused = [], unsupported = [], unmatchedTotal }: Receipt): Disobeyed {
  const listed = new Map<string, Disobedience>(unmatched.map((id) => [id, 'absent']));
  for (const id of ambiguous) listed.set(id, 'ambiguous');
  for (const id of unsupported) listed.set(id, 'unsupported');
  for (const id of refused) listed.set(id, 'refused');
  const isWhole = (unmatchedTotal ?? 0) <= unmatched.length;
  return { listed, wholeUpTo: isWhole ? null : (unmatched.at(-1) ?? '') };
}

/** Why the trainer does not follow what was decided about a problem; null where it does. */
export function disobedienceFor({ listed, wholeUpTo }: Disobeyed, problem: string): Disobedience | null {
  // The trainer goes through the problems in the order of sampler.json, which is sorted.
  return listed.get(problem) ?? (wholeUpTo !== null && problem > wholeUpTo ? 'unlisted' : null);
}

/** Whether two receipts say the same of every problem. */
export function sameDisobeyed(a: Disobeyed, b: Disobeyed): boolean {
  return a.wholeUpTo === b.wholeUpTo && a.listed.size === b.listed.size && [...a.listed].every(([id, why]) => b.listed.get(id) === why);
}
