import type { DecisionStanding } from '../../core/decisionStatus';
import { disobedienceText, type Disobedience } from '../../core/disobedience';
import type { NotFollowed } from '../../protocol/engineApi';

const maxExamples = 5;

/** The decisions in force that a trainer does not follow, by why; the most frequent reason first. */
export function notFollowed(standings: readonly DecisionStanding[]): readonly NotFollowed[] {
  const byWhy = new Map<Disobedience, Set<string>>();
  const counts = new Map<Disobedience, number>();
  for (const { why, decision } of standings) {
    if (why === null) continue;
    counts.set(why, (counts.get(why) ?? 0) + 1);
    const problems = byWhy.get(why) ?? new Set();
    byWhy.set(why, problems);
    if (problems.size < maxExamples && decision.problem !== undefined) problems.add(decision.problem);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([why, count]) => ({ why: disobedienceText(why), count, examples: [...(byWhy.get(why) ?? [])] }));
}
