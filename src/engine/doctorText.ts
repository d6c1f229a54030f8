import { plural } from '../core/plural';
import type { DoctorClaimName, DoctorFinding, DoctorJoin, DoctorReport } from '../protocol/doctor';

/** How a report is written: as Markdown, in which texts from the log stay texts, or plainly for a terminal. */
export interface DoctorStyle {
  readonly heading: (text: string) => string;
  readonly strong: (text: string) => string;
  /** A sentence of the report; paths and names of the log may stand in it. */
  readonly text: (text: string) => string;
  /** A text from the log, or a line to copy. */
  readonly code: (text: string) => string;
}

const hidden = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
const visible = (text: string): string => text.replace(hidden, (char) => (/[\n\r\t]/.test(char) ? ' ' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`));

/** Markdown; whatever the log says comes out as text or code, never as a link, a picture or HTML. */
export const markdownStyle: DoctorStyle = {
  heading: (text) => `## ${text}`,
  strong: (text) => `**${text}**`,
  text: (text) => visible(text).replace(/[\\`*_[\]<>|#~&!]/g, '\\$&').replaceAll('://', ':\\//'),
  code: codeSpan,
};

/** Plain text. */
export const plainStyle: DoctorStyle = { heading: (text) => text.toUpperCase(), strong: (text) => text, text: visible, code: visible };

const claimNames: Readonly<Record<DoctorClaimName, string>> = {
  passRates: 'Pass rates',
  zeroGradientShare: 'Zero-gradient share',
  difficulty: 'Difficulty',
  competence: 'Competence',
  identity: 'Identity of problems',
  responseLength: 'Response length',
  groundTruth: 'Ground truth',
  groupSizes: 'Group sizes',
};
const joinNames: Readonly<Record<DoctorJoin['how'], string>> = { explicit: 'By an id in the row', matched: 'Matched to a dataset row', ambiguous: 'Ambiguous', unmatched: 'By the text alone' };
const severities: Readonly<Record<DoctorFinding['severity'], string>> = { error: 'Error', warning: 'Warning', note: 'Note' };

/** A report for people, as lines. */
export function doctorLines(report: DoctorReport, style: DoctorStyle): readonly string[] {
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['What was found', foundLines(report, style)],
    ['What the log supports', report.claims.map(({ claim, supported, reason }) => `- ${style.strong(`${claimNames[claim]}: ${supported}.`)} ${style.text(reason)}`)],
    ['What to know and what to do', report.findings.length === 0 ? ['Nothing stands in the way.'] : report.findings.flatMap((finding) => findingLines(finding, style))],
    ['How a rollout is judged', ruleLines(report, style)],
    ['How problems were identified', report.joins.filter(({ problems }) => problems > 0).flatMap((join) => joinLines(join, style))],
    ['Training metrics beside the log', report.metrics.map(({ file, kind, series }) => `- ${style.code(file)}: ${style.text(kind)}, ${series} series`)],
  ];
  const shown = parts.filter(([, lines]) => lines.length > 0).flatMap(([title, lines]) => [style.heading(title), '', ...lines, '']);
  return [`${style.strong('The log of')} ${style.code(report.run.name)}`, '', ...shown].slice(0, -1);
}

function foundLines({ run, found }: DoctorReport, { text, code }: DoctorStyle): readonly string[] {
  const { framework, variant, firstStep, lastStep } = found;
  const range = firstStep === null || lastStep === null ? '' : `, ${firstStep} to ${lastStep}`;
  const bytes = found.bytesRead < found.bytes ? `${found.bytesRead} of ${found.bytes} bytes read` : `${found.bytes} bytes`;
  return [
    `- Written by ${text(`${framework} ${variant}`.trim())}`,
    `- In ${code(run.logPath)}: ${plural(found.files, 'file')}, ${bytes}`,
    `- ${plural(found.rollouts, 'rollout')} of ${plural(found.problems, 'problem')} in ${plural(found.groups, 'group')}${found.groupSize === null ? '' : `, mostly of ${found.groupSize}`}`,
    `- ${plural(found.steps, 'step')}${range}`,
    `- Configuration: ${found.configFile === null ? 'none found' : code(found.configFile)}`,
    `- Dataset: ${found.datasetFile === null ? 'none' : code(found.datasetFile)}`,
  ];
}

function ruleLines({ correct }: DoctorReport, { text }: DoctorStyle): readonly string[] {
  const { rule, scored, unscored, lowest, highest, scores, field, saying, contradicting } = correct;
  const range = lowest === null || highest === null ? [] : [`- Scores from ${lowest} to ${highest}${scores === null ? ', more than three values' : `: ${scores.map(({ score, rollouts }) => `${score} in ${plural(rollouts, 'rollout')}`).join(', ')}`}`];
  const own = field === null ? [] : [`- ${text(`The field “${field}” says it in ${saying} rollouts, against the score in ${contradicting}.`)}`];
  return [`- Correct: ${text(rule)}`, `- ${scored} rollouts are judged, ${unscored} are not`, ...range, ...own];
}

function joinLines({ how, problems, examples }: DoctorJoin, { code }: DoctorStyle): readonly string[] {
  const rowText = (rows: readonly number[]): string => (rows.length === 0 ? '' : `, dataset row ${rows.join(', ')}`);
  return [`- ${joinNames[how]}: ${plural(problems, 'problem')}`, ...examples.map(({ problem, text, rows }) => `  - ${code(problem)}${rowText(rows)}: ${code(text)}`)];
}

function findingLines({ severity, text, examples, fix }: DoctorFinding, style: DoctorStyle): readonly string[] {
  const remedy = fix === null ? [] : [`  - ${style.text(fix.advice)}${fix.setting === null ? '' : ` ${style.code(fix.setting)}`}`];
  return [`- ${style.strong(`${severities[severity]}:`)} ${style.text(text)}`, ...examples.map((example) => `  - ${style.code(example)}`), ...remedy];
}

/** A code span whose fence is longer than any run of backticks in it. */
function codeSpan(text: string): string {
  const line = visible(text).trim();
  if (line === '') return '` `';
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${line} ${fence}`;
}
