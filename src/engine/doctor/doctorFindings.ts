import { grouped } from '../../core/figures';
import { plural } from '../../core/plural';
import type { DoctorFinding, DoctorFix, DoctorStoredRatings } from '../../protocol/doctor';
import type { UnreadStore } from '../../logs/metrics/unreadStores';
import { metricsFix, relativeTo } from '../views/metricsView';
import type { ObservedRun } from '../observedRun';
import type { Group } from '../rating/stepGroups';
import { datasetFix, longLineFix, neutralFix, thresholdFix, trainerFix } from './doctorAdvice';
import { validatesInPlace, type ClaimCounts } from './doctorClaims';
import type { BadLinePlace } from './doctorEvidence';
import type { RunFacts } from './logFindings';
import { evaluatedSteps } from './mixedEvaluation';

/** What findings are made from. */
export interface FindingBasis {
  readonly run: ObservedRun;
  readonly facts: RunFacts;
  readonly counts: ClaimCounts;
  readonly badLines: readonly BadLinePlace[];
  readonly storedRatings: DoctorStoredRatings | null;
  readonly unreadStores: readonly UnreadStore[];
}

const maxExamples = 5;

/** Everything that a person should know of a log, the gravest first. */
export function findAll(basis: FindingBasis): readonly DoctorFinding[] {
  const all = [...fileFindings(basis), ...stepFindings(basis), ...groupFindings(basis), ...scoreFindings(basis), ...identityFindings(basis), ...missingFindings(basis), ...ratingFindings(basis), ...evaluationFindings(basis)];
  const order = ['error', 'warning', 'note'];
  return all.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

type Details = Partial<Pick<DoctorFinding, 'examples' | 'fix'>>;

function finding(severity: DoctorFinding['severity'], code: string, text: string, details: Details = {}): DoctorFinding {
  return { code, severity, text, examples: (details.examples ?? []).slice(0, maxExamples), fix: details.fix ?? null };
}

/** A finding where there is a count of it, else none. */
function ifAny(count: number, make: () => DoctorFinding): readonly DoctorFinding[] {
  return count > 0 ? [make()] : [];
}

function fileFindings({ run, badLines }: FindingBasis): readonly DoctorFinding[] {
  const { files, source } = run;
  const { read, size } = files.progress;
  const named = (file: string): string => relativeTo(source.logPath, file);
  const pending = files.all.filter(({ pendingBytes }) => pendingBytes > 0);
  const long = files.all.flatMap(({ path, health }) => health.longLines.map((line) => ({ path, ...line })));
  const [bad, ignored] = [files.sumHealth('badLines') - long.length, files.sumHealth('ignoredLines')];
  const [validation, mismatched] = [files.sumHealth('validationRows'), files.sumHealth('stepMismatches')];
  return [
    ...(source.advice === undefined ? [] : [finding('error', 'notReadable', source.advice, { fix: switchedOn(run) })]),
    ...run.notes.map((note) => finding('warning', 'note', note, foreignDetails(run))),
    ...ifAny(Number(!run.loaded), () => finding('warning', 'notLoaded', `${grouped(read)} of ${grouped(size)} bytes have been read so far: examine the log again when reading is done.`)),
    ...files.errors.map((error) => finding('error', 'unreadable', error, { fix: { advice: 'Make the file readable for your account, or whole again where it is damaged; what was read before is kept.', setting: null } })),
    ...ifAny(bad, () =>
      finding('warning', 'badLines', `${plural(bad, 'line')} left out: not JSON objects.`, {
        examples: badLines.map(({ file, offset }) => `${named(file)} at byte ${offset}`),
        fix: { advice: 'Make each process write its own file: two that append to one file tear each other’s lines.', setting: null },
      }),
    ),
    ...ifAny(long.length, () =>
      finding('warning', 'longLines', `${plural(long.length, 'line')} left out: too long, or with too many values, to be read in memory. Their rollouts are missing from all numbers.`, {
        examples: long.map(({ path, offset, length }) => `${named(path)} at byte ${offset}: ${(length / 1e6).toFixed(1)} MB`),
        fix: longLineFix,
      }),
    ),
    ...ifAny(files.pendingBytes, () =>
      finding('note', 'pendingBytes', `${plural(files.pendingBytes, 'byte')} at the ends of files are lines that are still being written.`, { examples: pending.map((file) => `${named(file.path)}: ${plural(file.pendingBytes, 'byte')}`) }),
    ),
    ...ifAny(ignored, () => finding('note', 'ignoredLines', `${plural(ignored, 'line')} of JSON that hold no training rollout.`)),
    ...ifAny(mismatched, () => finding('warning', 'stepMismatch', `${plural(mismatched, 'row')} with a different step from the file’s name; the row’s step is used.`)),
    ...ifAny(validation, () => finding('warning', 'validation', `${plural(validation, 'validation rollout')} among the training rollouts, left out.`, { fix: trainerFix(run, 'validation') })),
    ...files.notes.map((note) => finding('note', 'note', note)),
  ];
}

function switchedOn({ source: { setting } }: ObservedRun): DoctorFix | null {
  return setting === undefined ? null : { advice: 'This line switches it on:', setting };
}

/** The texts of a dataset that does not fit and of the log, side by side, so that the difference is seen. */
function foreignDetails({ foreignDataset, registry }: ObservedRun): Details {
  if (foreignDataset === null) return {};
  const texts = Array.from({ length: Math.min(registry.length, maxExamples - 1) }, (_, problem) => `log: ${registry.at(problem)?.preview ?? ''}`);
  return { examples: [`first of ${plural(foreignDataset.rows, 'dataset row')}: ${foreignDataset.preview}`, ...texts], fix: datasetFix };
}

function stepFindings({ run, counts }: FindingBasis): readonly DoctorFinding[] {
  const steps = run.steps.map(({ step }) => step);
  const gaps = steps.slice(1).flatMap((step, index) => gapBetween(steps[index] ?? step, step));
  const { superseded: repeated } = run.totals.sums;
  const replaced = run.totals.sums.replaced + run.rowsOfReplacedSteps;
  const { gapAdvice, repeatedRollout, evaluationOnly, emptySteps } = run.source.format;
  const ways = { rerun: 'their step ran again later', turn: 'a later turn continues them', window: 'the file before held them already', stream: 'their step ran again later' };
  return [
    // Evaluation happens now and then.
    ...ifAny(evaluationOnly === true || run.source.holdsValidation === true ? 0 : counts.missingSteps, () =>
      finding(emptySteps === true ? 'note' : 'warning', 'gaps', `${grouped(counts.missingSteps)} of ${grouped(counts.missingSteps + steps.length)} steps are missing from the log.`, {
        examples: gaps,
        fix: trainerFix(run, 'gaps') ?? (gapAdvice === undefined ? null : { advice: gapAdvice, setting: null }),
      }),
    ),
    ...ifAny(replaced, () => finding('note', 'superseded', `${plural(replaced, 'rollout')} not counted: a later launch ran the step again, or the same rollouts were written twice.`)),
    ...ifAny(repeated, () => finding('note', 'duplicates', `${plural(repeated, 'rollout')} not counted again: ${ways[repeatedRollout]}.`)),
  ];
}

function gapBetween(before: number, after: number): readonly string[] {
  if (after - before < 2) return [];
  return [after - before === 2 ? `step ${before + 1}` : `steps ${before + 1} to ${after - 1}`];
}

function groupFindings({ run, facts, counts }: FindingBasis): readonly DoctorFinding[] {
  const size = facts.groupSize;
  if (size === null) return [];
  const odd = run.steps.flatMap(({ step, groups }) => groups.filter(({ n }) => n !== size).map((group) => ({ step, group })));
  const several = odd.filter(({ group: { n } }) => n % size === 0);
  const uneven = odd.filter(({ group: { n } }) => n % size !== 0);
  const named = ({ step, group }: { readonly step: number; readonly group: Group }): string => `step ${step}: ${run.registry.at(group.problem)?.id ?? ''} has ${group.n}`;
  const configured = run.source.config?.groupSize ?? null;
  const unscored = counts.rollouts - counts.scored;
  return [
    ...ifAny(uneven.length, () => finding('warning', 'unevenGroups', `${grouped(uneven.length)} of ${plural(counts.groups, 'group')} do not have ${plural(size, 'rollout')}. Failed rollouts may be missing, or the step is still being written.`, { examples: uneven.map(named) })),
    ...ifAny(several.length, () => finding('note', 'repeatedProblems', `${plural(several.length, 'problem')} sampled more than once in a step: counted as one visit with all rollouts.`, { examples: several.map(named) })),
    ...ifAny(Number(configured !== null && configured !== size), () =>
      finding('warning', 'groupSize', `The configuration asks for ${grouped(configured ?? 0)} rollouts per problem (${run.source.config?.groupSizeSetting ?? ''}), and most groups have ${grouped(size)}.`),
    ),
    ...ifAny(run.rule.kind === 'none' ? 0 : unscored, () => finding('note', 'unscored', `${plural(unscored, 'rollout')} left out, failed, masked or without ${verdictIn(run)}: a missing verdict is not a wrong answer.`)),
  ];
}

/** What a rollout needs to be judged. */
function verdictIn({ rule, files }: ObservedRun): string {
  return rule.kind === 'explicit' && rule.fallback === null ? `the field “${files.explicitField}”` : 'a usable score';
}

function scoreFindings({ run, facts, counts }: FindingBasis): readonly DoctorFinding[] {
  const rows = counts.misalignedRows;
  return [
    ...facts.refusals.map((refusal) => finding('error', facts.completeness === 'survivors' ? 'survivors' : 'refused', refusal, { fix: facts.completeness === 'survivors' ? trainerFix(run, 'survivors') : neutralFix })),
    ...ifAny(rows, () =>
      finding('error', 'misaligned', `In ${plural(rows, 'row')} the field “${run.files.explicitField}” contradicts the score: the extra fields may belong to other rows. They are not used, and the scores may be wrong too.`, {
        examples: run.evidence.misaligned.map((step) => `step ${step.step}: ${plural(step.rows, 'row')}`),
        fix: trainerFix(run, 'misaligned'),
      }),
    ),
    ...ifAny(Number(run.rule.kind === 'soft'), () => finding('warning', 'softScores', 'The scores are not verdicts: none of them says by itself which rollouts are correct.', { fix: thresholdFix(run) })),
  ];
}

function identityFindings({ run, facts, counts }: FindingBasis): readonly DoctorFinding[] {
  const ids = trainerFix(run, 'ids');
  const dataset = run.datasetFile;
  const byText = counts.explicit === 0 && counts.matched + counts.ambiguous + counts.unmatched > 0;
  const byId = Array.from(facts.seenProblems).flatMap((problem) => sharedIdOf(run, problem) ?? []);
  const shared = counts.ambiguous - byId.length;
  const nameless = rolloutsWithoutName(run, facts);
  return [
    ...ifAny(nameless, () => finding('warning', 'nameless', `${plural(nameless, 'rollout')} with neither a problem id nor a prompt that can be read: they all count as one problem.`, { fix: ids ?? neutralFix })),
    ...ifAny(shared, () => finding('warning', 'ambiguous', `${plural(shared, 'problem')} with a text shared by several dataset rows, which the log cannot tell apart.`, { fix: ids })),
    ...ifAny(byId.length, () =>
      finding('warning', 'sharedIds', `${plural(byId.length, 'problem')} with an id shared by different dataset rows and a text that matches none of them: the row is unknown.`, { examples: byId, fix: ownIdsFix }),
    ),
    ...ifAny(dataset === null ? 0 : counts.unmatched, () =>
      finding('warning', 'unmatched', `${plural(counts.unmatched, 'problem')} without a row in ${dataset?.path ?? ''}. The chat template may change the text, or the row may be in another file.`, { fix: ids ?? datasetFix }),
    ),
    ...ifAny(dataset?.unusableRows ?? 0, () =>
      finding('warning', 'unusableRows', `${plural(dataset?.unusableRows ?? 0, 'row')} of ${dataset?.path ?? ''} left out: no JSON object, or without a prompt that can be read.`, { fix: promptFix }),
    ),
    ...ifAny(Number(dataset === null), () => finding('note', 'noDataset', 'No dataset is known: problems that were never sampled are not counted, and there are no dataset rows to decide on.', { fix: datasetFix })),
    ...ifAny(Number(byText), () => finding('note', 'noIds', 'The rows carry no problem id: problems are identified by text, and rows that share a text count as one problem.', { fix: ids ?? (dataset === null ? datasetFix : null) })),
  ];
}

const promptFix: DoctorFix = { advice: 'Give each dataset row its text as prompt, question, problem or messages.', setting: null };
const ownIdsFix: DoctorFix = { advice: 'Give each dataset row its own id (problem_id), and log it.', setting: null };

function rolloutsWithoutName({ registry, steps }: ObservedRun, { seenProblems }: RunFacts): number {
  const problems = seenProblems.filter((problem) => registry.at(problem)?.source === 'unmatched' && registry.at(problem)?.preview === '');
  if (problems.length === 0) return 0;
  const nameless = new Set(problems);
  return steps.reduce((sum, { groups }) => sum + groups.reduce((n, group) => n + (nameless.has(group.problem) ? group.n : 0), 0), 0);
}

/** The id of a problem that is known by nothing else and is that of several dataset rows; null for other problems. */
function sharedIdOf({ registry, datasetFile }: ObservedRun, problem: number): string | null {
  const known = registry.at(problem);
  const [row] = known?.rows ?? [];
  const isOfRow = row === undefined || datasetFile?.index.hashOf(row) === known?.textHash;
  return known?.source === 'ambiguous' && !isOfRow ? known.id : null;
}

const unreadTexts: Readonly<Record<UnreadStore['kind'], string>> = {
  wandb: 'wandb keeps the metrics in its own binary files, which are not read.',
  trackio: 'trackio keeps the metrics in a SQLite database, which is not read.',
};

function missingFindings({ run, counts, unreadStores }: FindingBasis): readonly DoctorFinding[] {
  const metrics = run.metrics.files;
  return [
    ...ifAny(Number(counts.rollouts === 0 && run.loaded && run.source.advice === undefined), () => finding('error', 'empty', 'The log holds no training rollout.')),
    ...ifAny(Number(counts.prompts > 0 && counts.promptsWithAnswer === 0), () => finding('note', 'noGroundTruth', 'The rows hold no answer, so it cannot tell apart problems with the same text.', { fix: trainerFix(run, 'groundTruth') ?? (run.datasetFile === null ? datasetFix : null) })),
    ...metrics.flatMap(({ path, notes }) => notes.map((note) => finding('warning', 'metrics', note, { examples: [path] }))),
    ...unreadStores.map(({ path, kind }) => finding('note', 'unreadMetrics', unreadTexts[kind], { examples: [path], fix: metricsFix(run.source.format.framework) })),
    ...ifAny(Number(metrics.length === 0 && unreadStores.length === 0), () =>
      finding('note', 'noMetrics', 'No training metrics were found beside the log.', { fix: metricsFix(run.source.format.framework) }),
    ),
  ];
}

function evaluationFindings({ run }: FindingBasis): readonly DoctorFinding[] {
  if (validatesInPlace(run)) return [finding('warning', 'evaluation', 'The configuration dumps validation into the directory of the training rollouts: a step that has both holds whichever was written last, unmarked.', { fix: trainerFix(run, 'validation') })];
  if (run.source.format.evaluationMixedIn !== true || run.steps.length === 0) return [];
  const steps = evaluatedSteps(run);
  const fix = trainerFix(run, 'validation');
  if (steps.length === 0) return [finding('note', 'evaluation', 'This trainer logs evaluation rollouts under the same names as training rollouts, unmarked: if it evaluates, they are among these.', { fix })];
  const text = `Evaluation ran at ${plural(steps.length, 'logged step')} according to the metrics: there its rollouts replaced those of training, and the next file may hold some of them too.`;
  return [finding('warning', 'evaluation', text, { examples: steps.map((step) => `step ${step}`), fix })];
}

/** Differences of the arithmetic alone are smaller. */
const sameRating = 1e-9;

function ratingFindings({ storedRatings: stored }: FindingBasis): readonly DoctorFinding[] {
  if (stored === null) return [];
  const { problems, problemsHere, largestDifference, ability, abilityHere, step } = stored;
  const same = problemsHere === problems && (largestDifference ?? 0) <= sameRating && Math.abs(ability - abilityHere) <= sameRating;
  if (same) return [finding('note', 'storedRatings', `The ratings that the trainer stored at step ${step} (${stored.file}) agree with what its rule gives for this log.`)];
  const missing = problems - problemsHere;
  const why = missing > 0 ? `${plural(missing, 'stored problem')} cannot be found here` : `difficulties differ by up to ${(largestDifference ?? 0).toPrecision(3)}`;
  return [
    finding('warning', 'storedRatings', `The ratings that the trainer stored at step ${step} (${stored.file}) differ from what its rule gives for this log: ${why}, and the ability is ${ability.toPrecision(4)} there and ${abilityHere.toPrecision(4)} here. The log lacks rollouts that were rated, or holds others that were not.`, {
      fix: { advice: 'Keep the sampling log of the whole run, including resumed parts, beside its state, and name the dataset that was trained on.', setting: null },
    }),
  ];
}
