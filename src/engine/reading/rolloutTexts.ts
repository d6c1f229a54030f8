import { correctness } from '../../core/correctRule';
import { isTabled, type RolloutRow } from '../../logs/logFormat';
import type { Prompt } from '../../logs/columns/promptTable';
import { hashOfName, type RolloutTable } from '../../logs/columns/rolloutTable';
import { responseAt, rowsAt } from '../../logs/rowsAgain';
import { ExpectedError } from '../../protocol/channel';
import type { GroupTexts, RolloutText } from '../../protocol/rollouts';
import { problemRow, type ProblemContext } from '../views/problemViews';
import { hasPrompt } from './promptReader';
import { countingRows } from './stepRows';

const maxRollouts = 64;
const maxResponseChars = 40_000;
interface FoundRow {
  readonly table: RolloutTable;
  readonly row: number;
  /** Where the rows of its file begin. */
  readonly firstRow: number;
  readonly path: string;
  /** The step that the file's path tells. */
  readonly fileStep: number | null;
}

/** Reads the rollouts of a problem again from the log: of one step, or of the last step that has any. */
export function groupTexts(context: ProblemContext, id: string, step: number | null): GroupTexts {
  const { run } = context;
  const problem = run.registry.indexOf(id);
  if (problem === undefined) throw new ExpectedError(`The run has no problem ${id}.`);
  const wanted = step ?? lastStepWith(context, problem);
  const rows = rowsOf(context, wanted, problem);
  const read = rows.slice(0, maxRollouts).map((found) => ({ found, row: readAgain(context, found) }));
  const rollouts = read.flatMap(({ found, row }) => rolloutText(context, found, row) ?? []);
  const known = problemRow(context, problem);
  return {
    run: run.source.id,
    step: wanted,
    problem: id,
    prompt: read.find(({ row }) => row !== null)?.row?.prompt ?? known.text,
    groundTruth: known.groundTruth,
    relabelledTo: known.relabelledTo,
    rollouts,
    total: rows.length,
    missing: missingText(read.filter(({ row }) => row === null).length, read.length - rollouts.length),
  };
}

function missingText(gone: number, missing: number): string | null {
  if (gone > 0) return `${gone} rollouts are no longer where the log had them, or are in a file too large to read again. If the file is being rewritten, open this again in a moment.`;
  return missing === 0 ? null : 'This kind of log holds no responses, only their results.';
}

function lastStepWith({ run }: ProblemContext, problem: number): number {
  const last = run.steps.findLast((step) => step.hasProblem(problem));
  if (last === undefined) throw new ExpectedError('This problem has not been sampled yet: there are no rollouts to show.');
  return last.step;
}

function rowsOf({ run }: ProblemContext, step: number, problem: number): readonly FoundRow[] {
  return [...countingRows(run.files.rowsOf(step))]
    .filter(({ part, row }) => run.registry.problemOf(part.file.table.prompt(row)) === problem)
    .map(({ part: { file }, row }) => ({ table: file.table, row, firstRow: file.firstRow ?? 0, path: file.path, fileStep: file.step }));
}

/** The row as its log has it; null when the log no longer has it there. */
function readAgain({ run }: ProblemContext, found: FoundRow): RolloutRow | null {
  const { table, row, firstRow, path, fileStep } = found;
  const { format } = run.source;
  const prompt = run.files.prompts.at(table.prompt(row));
  if (prompt === undefined) return null;
  const rows = rowsAt(format, { file: path, offset: table.offset(row), explicitId: prompt.explicitId }).filter((each) => isTabled(each, format, fileStep));
  const again = format.documentNames === undefined ? rows[format.kind === 'document' ? row : placeInLine(table, row, firstRow)] : rows.find(({ rolloutKey }) => rolloutKey !== null && hashOfName(rolloutKey) === table.key(row));
  return again !== undefined && isSame(again, prompt, table.reward(row)) ? again : null;
}

function isSame(again: RolloutRow, prompt: Prompt, reward: number | null): boolean {
  return again.reward === reward && hasPrompt(again, prompt);
}

function rolloutText({ run }: ProblemContext, { table, row, path }: FoundRow, again: RolloutRow | null): RolloutText | null {
  const text = again?.response ?? (again === null ? undefined : responseAt(run.source.format, { file: path, offset: table.offset(row) }));
  if (text === undefined) return null;
  const reward = table.reward(row);
  return {
    reward,
    correct: table.isScored(row) ? correctness(run.rule, reward, table.explicitCorrect(row)) : null,
    response: text.slice(0, maxResponseChars),
    omittedChars: Math.max(0, text.length - maxResponseChars),
  };
}

/** A line can be a table of many rollouts: the how manieth of them a row is. */
function placeInLine(table: RolloutTable, row: number, firstRow: number): number {
  let place = 0;
  while (place < row - firstRow && table.offset(row - place - 1) === table.offset(row)) place++;
  return place;
}
