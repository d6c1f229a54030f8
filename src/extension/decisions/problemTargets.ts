import * as vscode from 'vscode';
import { counted } from '../../core/figures';
import { ExpectedError } from '../../protocol/channel';
import type { RunSummary } from '../../protocol/run';
import type { Annotator } from '../annotations/annotator';
import type { ProblemTarget } from '../commandTarget';
import { commandTarget } from '../commandTarget';
import type { Engine } from '../engine/engineClient';
import { commandIds } from '../ids';
import type { Log } from '../log';
import { RefusedError } from '../refusedError';
import { requireRun } from '../runs/requireRun';
import type { RunStore } from '../runs/runStore';
import { pickProblem } from './problemPicker';

/** So many rows may be decided on at once without being asked whether that was meant. */
const unaskedRows = 20;

/** What is needed to find the problems that a command is about. */
export interface TargetSources {
  readonly engine: Engine;
  readonly runs: RunStore;
  readonly annotator: Annotator;
  readonly log: Log;
}

/**
 * The problems that a command is about: what its arguments name, else the dataset rows at the cursor, else what a
 * person picks. Undefined when they pick nothing; throws where there is nothing to pick from.
 */
export async function resolveProblems(args: readonly unknown[], sources: TargetSources): Promise<ProblemTarget | undefined> {
  const target = commandTarget(args);
  if (target.kind === 'problems') return target;
  if (target.kind === 'line') {
    const document = sources.annotator.documents.byHandle(target.document);
    if (!document) throw new ExpectedError(vscode.l10n.t('The dataset that this link belongs to was closed. Open it again.'));
    return problemsOnLines(document, [target.line], sources);
  }
  const editor = vscode.window.activeTextEditor;
  if (editor && sources.annotator.documents.isDataset(editor.document)) {
    return problemsOnLines(editor.document, selectedLines(editor), sources);
  }
  const run = await requireRun(sources.runs);
  const problem = await pickProblem(sources.engine, run, sources.log);
  return problem === undefined ? undefined : { run: run.id, problems: [problem] };
}

async function problemsOnLines(
  document: vscode.TextDocument,
  lines: readonly number[],
  sources: TargetSources,
): Promise<ProblemTarget | undefined> {
  const run = await requireRun(sources.runs);
  const annotations = await sources.annotator.annotate(document, lines);
  const problems = [...new Set([...annotations.values()].map(({ id }) => id))];
  if (problems.length === 0) throw noProblemOn(document, lines, run);
  if (problems.length > unaskedRows && !(await confirmed(problems.length))) return undefined;
  return { run: run.id, problems };
}

function noProblemOn(document: vscode.TextDocument, lines: readonly number[], run: RunSummary): ExpectedError {
  const blank = lines.every((line) => line >= document.lineCount || document.lineAt(line).text.trim() === '');
  if (blank) return new ExpectedError(vscode.l10n.t('There is no dataset row at the cursor. Put the cursor on a line that holds a problem.'));
  return new RefusedError(vscode.l10n.t('The active run, {0}, knows no problem on this line. If this is the dataset of another run, select that run.', run.name), [
    { title: vscode.l10n.t('Select Run'), command: commandIds.selectRun },
  ]);
}

function selectedLines(editor: vscode.TextEditor): number[] {
  const lines = new Set<number>();
  for (const { start, end, isEmpty } of editor.selections) {
    // A selection that ends before a line's first character does not hold that line.
    const last = !isEmpty && end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
    for (let line = start.line; line <= last; line++) lines.add(line);
  }
  return [...lines];
}

async function confirmed(count: number): Promise<boolean> {
  const yes = vscode.l10n.t('Apply to {0} problems', counted(count));
  const question = vscode.l10n.t('{0} problems are selected. Apply the command to all of them?', counted(count));
  return (await vscode.window.showWarningMessage(question, { modal: true }, yes)) === yes;
}
