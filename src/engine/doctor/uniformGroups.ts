import type { LogClaims } from '../../logs/logFormat';
import type { Group } from '../rating/stepGroups';
import type { ObservedRun } from '../observedRun';

/** Of groups that are still being written, so many do not come together. */
const enough = 3;

/** What a format says of its logs; null where it only says what the trainer does by default, and groups with uniform reward disprove that. */
export function notDisproved(run: ObservedRun, groupSize: number | null, claims: LogClaims | null): LogClaims | null {
  return claims?.byDefault === true && verdictsAreRewards(run) && hasUniformGroups(run, groupSize) ? null : claims;
}

/** Whether rollouts of one verdict have one reward. */
function verdictsAreRewards({ rule, evidence }: ObservedRun): boolean {
  // Scaled scores are at an end where all of them are.
  return rule.kind === 'soft' || (evidence.overall('').distinct?.size ?? Infinity) <= 2;
}

function hasUniformGroups({ steps }: ObservedRun, size: number | null): boolean {
  let found = 0;
  for (const { groups } of steps) {
    found += groups.filter((group) => group.n === size && isUniform(group)).length;
    if (found >= enough) return true;
  }
  return false;
}

function isUniform({ n, scored, correct }: Group): boolean {
  return n > 1 && scored === n && (correct === 0 || correct === n);
}
