import type { Membership } from '../../core/decision';
import { counted, percent, signed } from '../../core/figures';
import type { ChoiceReport } from '../../protocol/nextBatch';
import type { Completeness, GroupRow, IdentityCounts, LogHealth, ProblemDetail, ProblemRow, RunStatus, RunSummary, SeriesPoint } from '../../protocol/run';
import { standingTexts } from '../decisions/decisionText';
import { age, plural, zeroGradientShare } from '../figures';
import { problemHover } from '../annotations/hoverText';
import { l10n } from '../l10n';
import { codeSpan } from '../documents/untrustedText';

/** The one line beside a run's name: last step and its age, problems, what is missing from the log. */
export function runDescription(run: RunSummary, now: number): string {
  if (!run.loaded || run.lastStep === null) return beginning(run);
  const written = run.lastWriteAt === null ? '' : `, ${age(run.lastWriteAt, now)}`;
  const parts = [l10n.t('step {0}', run.lastStep) + written, plural(run.problems, '1 problem', '{0} problems'), statusText(run.status)];
  if (run.rating) parts.push(l10n.t('being rated again'));
  if (run.completeness === 'survivors' || run.completeness === 'gaps') parts.push(completenessText(run.completeness));
  return parts.join(' · ');
}

function beginning(run: RunSummary): string {
  if (!run.loaded) return l10n.t('reading, {0}', percent(run.progress));
  return run.health.flags.length > 0 ? l10n.t('no rollouts to read') : l10n.t('no steps yet');
}

function statusText(status: RunStatus): string {
  const texts = { live: l10n.t('live'), idle: l10n.t('idle'), finished: l10n.t('finished') };
  return texts[status];
}

/** What the log holds of what was generated, in a few words. */
export function completenessText(completeness: Completeness): string {
  const texts = {
    complete: l10n.t('complete'),
    gaps: l10n.t('steps missing'),
    survivors: l10n.t('survivors only'),
    unknown: l10n.t('completeness unknown'),
  };
  return texts[completeness];
}

/** Markdown with everything about a run that decides how its figures are to be read. */
export function runTooltip(run: RunSummary): string {
  const facts = run.loaded && run.steps === 0 ? beginningFacts(run) : runFacts(run);
  return [`**${codeSpan(run.name, 80)}**`, bullets(facts), ...flagLines(run)].join('\n\n');
}

/** Where no step has been read there are no figures that anything could rest on. */
function beginningFacts(run: RunSummary): string[] {
  return [l10n.t('{0} {1}, in {2}', codeSpan(run.framework, 40), codeSpan(run.variant, 60), codeSpan(run.logPath, 200)), beginning(run)];
}

function runFacts(run: RunSummary): string[] {
  const group = run.groupSize === null ? l10n.t('unknown') : String(run.groupSize);
  return [
    l10n.t('{0} {1}, read from {2}', codeSpan(run.framework, 40), codeSpan(run.variant, 60), codeSpan(run.logPath, 200)),
    `${[plural(run.steps, '1 step', '{0} steps'), rolloutsText(run.rollouts), plural(run.problems, '1 problem', '{0} problems')].join(', ')}; ${completenessText(run.completeness)}`,
    l10n.t('Group size: {0}', group),
    l10n.t('Correct: {0}', codeSpan(run.correctRule, 160)),
    l10n.t('Competence C is minus the mean difficulty of {0}', countedText(run)),
    l10n.t('Problems: {0}', identityText(run.identity)),
    healthText(run.health),
    ...(run.polling === null ? [] : [codeSpan(run.polling, 300)]),
  ];
}

function countedText({ countedProblems, problems }: RunSummary): string {
  const { basis, count } = countedProblems;
  if (basis === 'seen') return l10n.t('the problems seen so far ({0})', counted(count));
  return count > problems
    ? l10n.t('all problems of the dataset ({0}); those not sampled yet, {1}, count as 0', counted(count), counted(count - problems))
    : l10n.t('all problems of the dataset ({0})', counted(count));
}

function rolloutsText(count: number): string {
  return plural(count, '1 rollout', '{0} rollouts');
}

function identityText(identity: IdentityCounts): string {
  const { explicit, matched, ambiguous, unmatched } = identity;
  const parts = [
    ...(explicit > 0 ? [l10n.t('{0} by their own id', counted(explicit))] : []),
    ...(matched > 0 ? [l10n.t('{0} matched to the dataset', counted(matched))] : []),
    ...(ambiguous > 0 ? [l10n.t('{0} ambiguous', counted(ambiguous))] : []),
    ...(unmatched > 0 ? [l10n.t('{0} by text alone', counted(unmatched))] : []),
  ];
  return parts.join(', ') || l10n.t('none');
}

function healthText({ badLines, ignoredLines, superseded, pendingBytes }: LogHealth): string {
  return [
    plural(badLines, '1 bad line', badLines === 0 ? 'No bad lines' : '{0} bad lines'),
    ...(ignoredLines > 0 ? [plural(ignoredLines, '1 line without a rollout', '{0} lines without a rollout')] : []),
    ...(superseded > 0 ? [plural(superseded, '1 rollout replaced by a re-run', '{0} rollouts replaced by a re-run')] : []),
    ...(pendingBytes > 0 ? [plural(pendingBytes, '1 byte of an unfinished line', '{0} bytes of an unfinished line')] : []),
  ].join(', ');
}

function flagLines(run: RunSummary): string[] {
  if (run.health.flags.length === 0) return [];
  return [`**${l10n.t('Note')}**`, bullets(run.health.flags.map((flag) => codeSpan(flag, 300)))];
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

/** The line beside a step: pass rate, zero-gradient share, groups; the figures first, as a narrow view cuts the end. */
export function stepDescription(point: SeriesPoint): string {
  const parts: string[] = [];
  if (point.passRate !== null) parts.push(l10n.t('{0} pass', percent(point.passRate)));
  const zero = zeroGradientShare(point);
  if (zero !== null) parts.push(l10n.t('{0} zero-gradient', percent(zero)));
  parts.push(plural(point.groups, '1 group', '{0} groups'));
  return parts.join(' · ');
}

/** Markdown about one step. */
export function stepTooltip(point: SeriesPoint): string {
  const lines = [`${plural(point.groups, '1 group', '{0} groups')}, ${rolloutsText(point.rollouts)}`];
  const zero = zeroGradientShare(point);
  if (point.passRate !== null) lines.push(l10n.t('Pass rate {0}: share of scored rollouts that are correct', percent(point.passRate)));
  if (zero !== null) {
    lines.push(l10n.t('Zero-gradient {0}: {1} all pass and {2} all fail, {3} mixed', percent(zero), ...groupCounts(point)));
  }
  if (point.competence !== null) lines.push(l10n.t('Competence {0} after the step', signed(point.competence)));
  if (point.targetPassRate !== null) lines.push(l10n.t('Target pass rate {0}: expected when sampling at this competence', percent(point.targetPassRate)));
  if (point.meanLengthChars !== null) lines.push(l10n.t('Mean length {0} characters', counted(Math.round(point.meanLengthChars))));
  return [`**${l10n.t('Step {0}', point.step)}**`, bullets(lines)].join('\n\n');
}

function groupCounts({ allPass, allFail, mixed }: SeriesPoint): [string, string, string] {
  return [plural(allPass ?? 0, '1 group', '{0} groups'), counted(allFail ?? 0), counted(mixed ?? 0)];
}

/** How many of a group's scored rollouts are correct, and how many were not scored. */
export function groupCount(group: GroupRow): string {
  if (group.scored === 0) return l10n.t('not scored');
  const count = `${group.correct}/${group.scored}`;
  return group.n > group.scored ? l10n.t('{0} ({1} not scored)', count, group.n - group.scored) : count;
}

/** Markdown about the problem of a group: the problem's own facts and its text. */
export function groupTooltip(problem: ProblemDetail, next: ChoiceReport | null = null): string {
  return [codeSpan(problem.text, 300), problemHover(problem, next)].join('\n\n');
}

/** A problem in a pick list: its figures in one line. */
export function problemDescription(problem: ProblemRow): string {
  const parts: string[] = [];
  if (problem.difficulty !== null) parts.push(`D ${signed(problem.difficulty)}`);
  if (problem.rollouts > 0) parts.push(`${problem.correct}/${problem.rollouts}`);
  parts.push(plural(problem.visits, '1 visit', '{0} visits'), ...standingTexts(problem));
  return parts.join(' · ');
}

/** The icon of a group by where its problem stands and whether the group gave a gradient. */
export function groupIcon(group: GroupRow, membership: Membership): string {
  if (membership === 'exclude') return 'circle-slash';
  if (membership === 'pin') return 'pinned';
  if (group.scored === 0) return 'question';
  if (group.correct === group.scored) return 'pass';
  return group.correct === 0 ? 'error' : 'circle-large-outline';
}

/** What the status bar says about a run. */
export function statusBarText(run: RunSummary): string {
  const point = run.latest;
  if (point === null) return beginning(run);
  const zero = zeroGradientShare(point);
  const parts = [l10n.t('step {0}', point.step)];
  if (point.competence !== null) parts.push(`C ${signed(point.competence)}`);
  if (zero !== null) parts.push(l10n.t('zero-gradient {0}', percent(zero)));
  if (run.completeness === 'survivors') parts.push(completenessText(run.completeness));
  return parts.join(' · ');
}
