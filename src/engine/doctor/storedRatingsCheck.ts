import { CdasState } from '../../core/cdas';
import { hashOfNormalised, normaliseText } from '../../core/identity';
import type { StoredRatings } from '../../logs/authorsState';
import type { DoctorStoredRatings } from '../../protocol/doctor';
import { relativeTo } from '../views/metricsView';
import type { ObservedRun } from '../observedRun';

/**
 * Holds what the CDAS authors' trainer stored of its ratings to what their rule gives for the log. The two agree to the
 * last digits where the log has every rollout that the trainer rated, whatever mode the views are in.
 */
export function compareRatings(run: ObservedRun, stored: StoredRatings): DoctorStoredRatings {
  const questions = [...stored.difficulties.keys()];
  const problems = questions.map((question) => run.registry.findRow(null, hashOfNormalised(normaliseText(question)), null));
  const state = replay(run, stored, problems);
  const differences = questions.flatMap((question, index) => (problems[index] === null ? [] : [Math.abs(state.difficulty(index) - (stored.difficulties.get(question) ?? 0))]));
  return {
    file: relativeTo(run.source.path, stored.file),
    step: stored.step,
    ability: stored.abilities.at(-1) ?? 0,
    abilityHere: state.competence,
    problems: questions.length,
    problemsHere: differences.length,
    largestDifference: differences.length === 0 ? null : differences.reduce((largest, difference) => Math.max(largest, difference), 0),
  };
}

/** The authors' rule over the steps that the trainer had rated: it skips the first ones, its warm-up. */
function replay(run: ObservedRun, { step, abilities }: StoredRatings, problems: readonly (number | null)[]): CdasState {
  const state = new CdasState('official-compat');
  state.addProblems(problems.length, true);
  const indexOf = new Map(problems.flatMap((problem, index) => (problem === null ? [] : [[problem, index] as const])));
  const until = run.steps.filter((each) => each.step <= step);
  for (const { groups } of until.slice(Math.max(0, until.length - (abilities.length - 1)))) {
    const rated = groups.flatMap(({ problem, correct, scored }) => {
      const index = indexOf.get(problem);
      return index === undefined || scored === 0 ? [] : [{ problem: index, passRate: correct / scored }];
    });
    state.rateStep(rated);
  }
  return state;
}
