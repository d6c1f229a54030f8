import { signed } from '../../core/figures';
import type { ProblemDetail, Visit } from '../../protocol/run';
import { standingTexts } from '../decisions/decisionText';
import { plural } from '../figures';
import { l10n } from '../l10n';

/** Below this many visits a difficulty carries little evidence and is shown faded. */
const fewVisits = 2;

/** The figures at the end of a dataset line, for example `D +0.31 · 0/8 2/8 5/8 · 6 visits · excluded, pending`. */
export function annotationText(problem: ProblemDetail, recentVisits: number): string {
  const counted = problem.history.filter((visit) => visit.counts);
  const parts = [...figures(problem, counted, recentVisits), ...standingTexts(problem)];
  return parts.join(' · ');
}

/** Whether the annotation rests on too few visits to be read as a figure. */
export function isFaint(problem: ProblemDetail): boolean {
  return problem.visits < fewVisits;
}

/** Visits as `correct/scored`, oldest first. */
function passCounts(visits: readonly Visit[]): string {
  return visits.map((visit) => `${visit.correct}/${visit.scored}`).join(' ');
}

function figures(problem: ProblemDetail, counted: readonly Visit[], recentVisits: number): string[] {
  if (problem.visits === 0) {
    return [problem.history.length > 0 ? l10n.t('not sampled since the relabel') : l10n.t('not sampled yet')];
  }
  const difficulty = problem.difficulty === null ? [] : [`D ${signed(problem.difficulty)}`];
  const recent = passCounts(counted.slice(-recentVisits));
  const visits = plural(problem.visits, '1 visit', '{0} visits');
  return [...difficulty, ...(recent === '' ? [] : [recent]), visits];
}
