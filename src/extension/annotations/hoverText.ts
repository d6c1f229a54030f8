import { counted, percent, signed } from '../../core/figures';
import { whyText } from '../../protocol/choiceText';
import type { ChoiceReport } from '../../protocol/nextBatch';
import type { DecisionStatus, ProblemDetail, Visit } from '../../protocol/run';
import { stateText } from '../decisions/decisionText';
import { plural } from '../figures';
import { l10n } from '../l10n';
import { sparkline } from '../runs/sparkline';
import { codeSpan, jsonText } from '../documents/untrustedText';

/** Difficulties stay within about ±0.42 once they have settled; charts use the same fixed scale. */
const difficultyScale = { low: -0.6, high: 0.6 };
const sparklineBars = 40;
const shownVisits = 8;

/** Markdown with everything that is known of a problem. Untrusted text stands in code spans only. */
export function problemHover(problem: ProblemDetail, next: ChoiceReport | null = null): string {
  return `${problemFigures(problem, next)}\n\n${problemHistory(problem)}`;
}

/** Markdown with the figures of a problem and whether the next batch holds it. */
export function problemFigures(problem: ProblemDetail, next: ChoiceReport | null): string {
  return [difficultyLine(problem), passRateLine(problem), ...(next === null ? [] : [nextBatchLine(next)])].join('\n\n');
}

/** Markdown with what became of a problem, visit by visit and decision by decision, and its ground truth. */
export function problemHistory(problem: ProblemDetail): string {
  return [
    ...trajectory(problem.history),
    ...decisionLines(problem),
    ...answerLines(problem),
    l10n.t('Problem {0} in run {1}', codeSpan(problem.id, 80), codeSpan(problem.run.name, 60)),
  ].join('\n\n');
}

function difficultyLine(problem: ProblemDetail): string {
  const { difficulty, competence } = problem;
  if (difficulty === null) {
    return problem.visits === 0
      ? l10n.t('**Not sampled yet**: its difficulty counts as 0.')
      : l10n.t('**Difficulty unknown**: the log supports no pass rates.');
  }
  if (competence === null) return l10n.t('**Difficulty {0}**', signed(difficulty));
  const distance = Math.abs(competence - difficulty).toFixed(2);
  const apart = difficulty > competence ? l10n.t('{0} harder than that', distance) : l10n.t('{0} easier than that', distance);
  return l10n.t('**Difficulty {0}** · competence {1} · {2}', signed(difficulty), signed(competence), apart);
}

function passRateLine(problem: ProblemDetail): string {
  const visits = plural(problem.visits, '1 visit', '{0} visits');
  const lastStep = problem.lastStep === null ? '' : l10n.t(', last in step {0}', problem.lastStep);
  if (problem.passRate === null) return visits + lastStep;
  const rate = l10n.t('pass rate {0} ({1} of {2} rollouts)', percent(problem.passRate), counted(problem.correct), counted(problem.rollouts));
  const band = problem.interval === null ? '' : l10n.t(', 95 % interval {0} to {1}', percent(problem.interval[0]), percent(problem.interval[1]));
  return `${visits}${lastStep} · ${rate}${band}`;
}

function nextBatchLine({ choice, batch }: ChoiceReport): string {
  const answer = choice.chosen ? l10n.t('yes') : l10n.t('no');
  const why = whyText(choice, batch);
  return batch.exact ? l10n.t('Next batch: **{0}**, {1}', answer, why) : l10n.t('Next batch: **{0}** (expected), {1}', answer, why);
}

function trajectory(history: readonly Visit[]): string[] {
  const last = history.at(-1);
  if (!last) return [];
  const shown = history.slice(-sparklineBars);
  const first = shown[0] ?? last;
  const bars = sparkline(shown.map((visit) => visit.difficulty), difficultyScale, sparklineBars);
  const line = l10n.t('Difficulty from step {0} to {1}: {2}', first.step, last.step, `\`${bars}\``);
  return [...(shown.length > 1 ? [line] : []), visitTable(history.slice(-shownVisits))];
}

function visitTable(visits: readonly Visit[]): string {
  const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const crossed = (visit: Visit, text: string): string => (visit.counts ? text : `~~${text}~~`);
  return [
    row([l10n.t('step'), ...visits.map((visit) => visit.step)]),
    row(['---', ...visits.map(() => '---')]),
    row([l10n.t('correct'), ...visits.map((visit) => crossed(visit, `${visit.correct}/${visit.scored}`))]),
    row([l10n.t('difficulty'), ...visits.map((visit) => crossed(visit, signed(visit.difficulty)))]),
  ].join('\n');
}

function decisionLines(problem: ProblemDetail): string[] {
  if (problem.decisions.length === 0) return [];
  return [problem.decisions.map((decision) => `- ${decisionLine(decision)}`).join('\n')];
}

function decisionLine(decision: DecisionStatus): string {
  const who = l10n.t('by {0}, {1}', codeSpan(decision.by, 60), codeSpan(decision.at, 30));
  const why = decision.reason === null || decision.reason === '' ? '' : ` · ${codeSpan(decision.reason, 200)}`;
  const answer = decision.why === null ? '' : `. ${decision.why}`;
  return `**${actionName(decision.action)}**: ${stateText(decision)}${answer} · ${who}${why}`;
}

/** An action in words; one that a newer version wrote is shown as it is. */
function actionName(action: string): string {
  const names = new Map([
    ['pin', l10n.t('Pinned')],
    ['exclude', l10n.t('Excluded')],
    ['relabel', l10n.t('Relabelled')],
    ['clear', l10n.t('Cleared')],
    ['note', l10n.t('Noted')],
    ['revert', l10n.t('Undone')],
  ]);
  return names.get(action) ?? codeSpan(action, 30);
}

function answerLines(problem: ProblemDetail): string[] {
  if (problem.relabelledTo !== null) {
    const was = codeSpan(jsonText(problem.groundTruth), 120);
    return [l10n.t('Ground truth: {0}, was {1}', codeSpan(jsonText(problem.relabelledTo), 120), was)];
  }
  return problem.groundTruth === null ? [] : [l10n.t('Ground truth: {0}', codeSpan(jsonText(problem.groundTruth), 120))];
}
