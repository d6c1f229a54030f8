import { grouped } from '../../core/figures';
import { plural } from '../../core/plural';
import type { DoctorClaimName, DoctorFinding, DoctorJoin, DoctorReport } from '../../protocol/doctor';

const hidden = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** A text of the log on one line, with what hides or reorders others made visible. */
const visible = (text: string): string => text.replace(hidden, (char) => (/[\n\r\t]/.test(char) ? ' ' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`));

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
const joinNames: Readonly<Record<DoctorJoin['how'], string>> = { explicit: 'By an id in the row', matched: 'Matched to a dataset row', ambiguous: 'Ambiguous', unmatched: 'By text alone' };
const severities: Readonly<Record<DoctorFinding['severity'], string>> = { error: 'Error', warning: 'Warning', note: 'Note' };

/** A report for people, as lines of plain text. */
export function doctorLines(report: DoctorReport): readonly string[] {
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['What was found', foundLines(report)],
    ['What the log supports', report.claims.map(({ claim, supported, reason }) => `- ${claimNames[claim]}: ${supported}. ${visible(reason)}`)],
    ['What to know and do', report.findings.length === 0 ? ['No problems found.'] : report.findings.flatMap((finding) => findingLines(finding))],
    ['How a rollout is judged', ruleLines(report)],
    ['How problems were identified', report.joins.filter(({ problems }) => problems > 0).flatMap((join) => joinLines(join))],
    ['Training metrics beside the log', report.metrics.map(({ file, kind, series }) => `- ${visible(file)}: ${visible(kind)}, ${grouped(series)} series`)],
  ];
  const shown = parts.filter(([, lines]) => lines.length > 0).flatMap(([title, lines]) => [title.toUpperCase(), '', ...lines, '']);
  return [`The log of ${visible(report.run.name)}`, '', ...shown].slice(0, -1);
}

function foundLines({ run, found }: DoctorReport): readonly string[] {
  const { framework, variant, firstStep, lastStep } = found;
  const range = firstStep === null || lastStep === null ? '' : `, ${firstStep} to ${lastStep}`;
  const bytes = found.bytesRead < found.bytes ? `${grouped(found.bytesRead)} of ${plural(found.bytes, 'byte')} read` : plural(found.bytes, 'byte');
  return [
    `- Written by ${visible(`${framework} ${variant}`.trim())}`,
    `- In ${visible(run.logPath)}: ${plural(found.files, 'file')}, ${bytes}`,
    `- ${plural(found.rollouts, 'rollout')} of ${plural(found.problems, 'problem')} in ${plural(found.groups, 'group')}${found.groupSize === null ? '' : `, mostly of ${grouped(found.groupSize)}`}`,
    `- ${plural(found.steps, 'step')}${range}`,
    `- Configuration: ${found.configFile === null ? 'none found' : visible(found.configFile)}`,
    `- Dataset: ${found.datasetFile === null ? 'none' : visible(found.datasetFile)}`,
  ];
}

function ruleLines({ correct }: DoctorReport): readonly string[] {
  const { rule, scored, unscored, lowest, highest, scores, field, saying, contradicting } = correct;
  const range = lowest === null || highest === null ? [] : [`- Scores from ${lowest} to ${highest}${scores === null ? ', more than three values' : `: ${scores.map(({ score, rollouts }) => `${score} in ${plural(rollouts, 'rollout')}`).join(', ')}`}`];
  const own = field === null ? [] : [`- ${visible(`The field “${field}” decides ${plural(saying, 'rollout')} and contradicts the score in ${grouped(contradicting)}.`)}`];
  return [`- Correct: ${visible(rule)}`, `- ${plural(scored, 'rollout')} judged, ${grouped(unscored)} not`, ...range, ...own];
}

function joinLines({ how, problems, examples }: DoctorJoin): readonly string[] {
  const rowText = (rows: readonly number[]): string => (rows.length === 0 ? '' : `, dataset row ${rows.join(', ')}`);
  return [`- ${joinNames[how]}: ${plural(problems, 'problem')}`, ...examples.map(({ problem, text, rows }) => `  - ${visible(problem)}${rowText(rows)}: ${visible(text)}`)];
}

function findingLines({ severity, text, examples, fix }: DoctorFinding): readonly string[] {
  const remedy = fix === null ? [] : [`  - ${visible(fix.advice)}${fix.setting === null ? '' : ` ${visible(fix.setting)}`}`];
  return [`- ${severities[severity]}: ${visible(text)}`, ...examples.map((example) => `  - ${visible(example)}`), ...remedy];
}
