import { correctness } from '../core/correctRule';
import { readRecordAt } from '../logs/lineAt';
import type { RolloutTable } from '../logs/rolloutTable';
import { ExpectedError } from '../protocol/channel';
import type { GroupTexts, RolloutText } from '../protocol/rollouts';
import { problemRow, type ProblemContext } from './problemViews';
import { readPrompt } from './promptReader';
import { countingRows } from './stepGroups';

const maxRollouts = 64;
const maxResponseChars = 40_000;
/** The fields in which frameworks put what the model wrote, the first one that is there. */
const responseFields = ['output', 'response', 'completion', 'output_response'] as const;

interface FoundRow {
  readonly table: RolloutTable;
  readonly row: number;
  readonly path: string;
}

/** Reads the rollouts of a problem again from the log: of one step, or of the last step that has any. */
export function groupTexts(context: ProblemContext, id: string, step: number | null): GroupTexts {
  const { run } = context;
  const problem = run.registry.indexOf(id);
  if (problem === undefined) throw new ExpectedError(`The run has no problem ${id}.`);
  const wanted = step ?? lastStepWith(context, problem);
  const rows = rowsOf(context, wanted, problem);
  const read = rows.slice(0, maxRollouts).map((found) => readRollout(context, found));
  const row = problemRow(context, problem);
  const readable = read.filter((rollout) => rollout !== null);
  return {
    run: run.source.id,
    step: wanted,
    problem: id,
    prompt: promptOf(context, rows[0]) ?? row.text,
    groundTruth: row.groundTruth,
    relabelledTo: row.relabelledTo,
    rollouts: readable,
    total: rows.length,
    missing: missingText(context, read.length - readable.length),
  };
}

function missingText({ run }: ProblemContext, unreadable: number): string | null {
  if (run.source.format.kind !== 'lines') return 'This kind of log is not read line by line; open the file itself to see its texts.';
  return unreadable === 0 ? null : `${unreadable} rollouts are no longer where the log had them; it is being rewritten. Open this again in a moment.`;
}

function lastStepWith({ run }: ProblemContext, problem: number): number {
  const last = run.steps.findLast(({ groups }) => groups.some((group) => group.problem === problem));
  if (last === undefined) throw new ExpectedError('This problem has not been sampled yet: there are no rollouts to show.');
  return last.step;
}

function rowsOf({ run }: ProblemContext, step: number, problem: number): readonly FoundRow[] {
  const parts = run.files.rowsOf(step);
  const pathOf = (table: RolloutTable): string => parts.find(({ file }) => file.table === table)?.file.path ?? '';
  return [...countingRows(parts)]
    .filter(({ table, row }) => run.registry.problemOf(table.prompt(row)) === problem)
    .map(({ table, row }) => ({ table, row, path: pathOf(table) }));
}

function promptOf({ run }: ProblemContext, found: FoundRow | undefined): string | null {
  const prompt = found === undefined ? undefined : run.files.prompts.at(found.table.prompt(found.row));
  return found === undefined || prompt === undefined
    ? null
    : readPrompt({ ...prompt, file: found.path, offset: found.table.offset(found.row) }, run.source.format);
}

function readRollout({ run }: ProblemContext, { table, row, path }: FoundRow): RolloutText | null {
  if (run.source.format.kind !== 'lines') return null;
  const record = readRecordAt(path, table.offset(row));
  if (record === null) return null;
  const text = responseOf(run, record, placeInLine(table, row));
  const reward = table.reward(row);
  return {
    reward,
    correct: table.isScored(row) ? correctness(run.rule, reward, table.explicitCorrect(row)) : null,
    response: text.slice(0, maxResponseChars),
    omittedChars: Math.max(0, text.length - maxResponseChars),
  };
}

/** The response of one rollout of a line: as its format reads it, else under a usual name, else the whole line. */
function responseOf(run: ProblemContext['run'], record: Record<string, unknown>, place: number): string {
  const own = run.source.format.readRow(record, { rawNumber: () => null })[place]?.response;
  const field = responseFields.find((name) => typeof record[name] === 'string');
  return own ?? (field === undefined ? JSON.stringify(record, null, 2) : String(record[field]));
}

/** A line can be a table of many rollouts: the how manieth of them a row is. */
function placeInLine(table: RolloutTable, row: number): number {
  let place = 0;
  while (place < row && table.offset(row - place - 1) === table.offset(row)) place++;
  return place;
}
