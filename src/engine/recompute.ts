import type { RecomputeReport } from '../protocol/engineApi';
import type { ObservedRun } from './observedRun';

/** A difference below this is rounding. */
const noticeable = 1e-9;

/** What a fresh reading of a run's logs changed against what was shown before. */
export function compareRuns(before: ObservedRun, after: ObservedRun, readMs: number): RecomputeReport {
  let [changed, largestChange] = [0, 0];
  for (let problem = 0; problem < after.registry.length; problem++) {
    const id = after.registry.at(problem)?.id ?? '';
    const known = before.registry.indexOf(id);
    const was = known === undefined ? 0 : before.history.state.difficulty(known);
    const difference = Math.abs(after.history.state.difficulty(problem) - was);
    if (difference > noticeable) changed++;
    largestChange = Math.max(largestChange, difference);
  }
  const competence = (run: ObservedRun): number | null => (run.history.stepCount === 0 ? null : run.history.state.competence);
  return {
    run: after.source.id,
    mode: after.mode,
    correctRule: after.rule.text,
    steps: after.steps.length,
    problems: after.registry.length,
    changed,
    largestChange,
    competenceBefore: competence(before),
    competenceAfter: competence(after),
    readMs,
  };
}
