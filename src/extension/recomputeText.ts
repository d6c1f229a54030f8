import { signed } from '../core/figures';
import type { RecomputeReport } from '../protocol/engineApi';
import { plural } from './figures';
import { l10n } from './l10n';
import { oneLine } from './documents/untrustedText';

/** What Recompute Difficulty found, in two or three sentences. */
export function recomputeText(report: RecomputeReport): string {
  if (report.steps === 0) return l10n.t('No rollout could be read, so there is nothing to rate. Examine the log to see why.');
  return [read(report), changes(report), l10n.t('Correct: {0}.', oneLine(report.correctRule, 160).replace(/\.$/, ''))].join(' ');
}

function read(report: RecomputeReport): string {
  const steps = plural(report.steps, '1 step', '{0} steps');
  const problems = plural(report.problems, '1 problem', '{0} problems');
  return l10n.t('Rated {0} with {1} again in {2} s (mode {3}).', steps, problems, (report.readMs / 1000).toFixed(1), report.mode);
}

function changes(report: RecomputeReport): string {
  const { changed, largestChange, competenceBefore, competenceAfter } = report;
  if (changed === 0) return l10n.t('Nothing changed.');
  const difficulties = l10n.t('{0}, by at most {1}.', plural(changed, '1 difficulty changed', '{0} difficulties changed'), largestChange.toFixed(3));
  if (competenceBefore === null || competenceAfter === null) return difficulties;
  return `${difficulties} ${l10n.t('Competence {0}, before {1}.', signed(competenceAfter), signed(competenceBefore))}`;
}
