import * as vscode from 'vscode';
import type { JsonValue } from '../../core/json';
import { ExpectedError } from '../../protocol/channel';
import type { DecideRequest, DecideResult } from '../../protocol/engineApi';
import type { CommandHandlers } from '../commands';
import type { ProblemTarget } from '../commandTarget';
import { runTarget } from '../commandTarget';
import type { EngineClient } from '../engine/engineClient';
import { plural } from '../figures';
import { commandIds } from '../ids';
import { showPassing } from '../report';
import { jsonText, oneLine } from '../documents/untrustedText';
import type { GitAttributesOffer } from './gitAttributesOffer';
import { groundTruthText, parseGroundTruth } from './groundTruthInput';
import type { TargetSources } from './problemTargets';
import { resolveProblems } from './problemTargets';
import { assertCanWrite } from './writeGuard';

/** What the decision commands need. */
export interface DecisionSources extends TargetSources {
  readonly engine: EngineClient;
  readonly gitAttributes: GitAttributesOffer;
}

type DecisionCommandId =
  | typeof commandIds.pin
  | typeof commandIds.pinWithReason
  | typeof commandIds.exclude
  | typeof commandIds.excludeWithReason
  | typeof commandIds.relabel
  | typeof commandIds.clear
  | typeof commandIds.undo
  | typeof commandIds.copyProblemId;

/** The commands that decide on problems. Each gives what was written, or undefined when the person gave up. */
export function decisionCommands(sources: DecisionSources): Pick<CommandHandlers, DecisionCommandId> {
  return {
    [commandIds.pin]: (...args) => decide(sources, 'pin', args),
    [commandIds.exclude]: (...args) => decide(sources, 'exclude', args),
    [commandIds.clear]: (...args) => decide(sources, 'clear', args),
    [commandIds.pinWithReason]: (...args) => decideWithReason(sources, 'pin', args),
    [commandIds.excludeWithReason]: (...args) => decideWithReason(sources, 'exclude', args),
    [commandIds.relabel]: (...args) => relabel(sources, args),
    [commandIds.undo]: (...args) => undo(sources, args),
    [commandIds.copyProblemId]: (...args) => copyId(sources, args),
  };
}

async function decide(sources: DecisionSources, action: 'pin' | 'exclude' | 'clear', args: readonly unknown[]): Promise<DecideResult | undefined> {
  assertCanWrite(sources.engine);
  const target = await resolveProblems(args, sources);
  return target && write(sources, { ...target, action });
}

async function decideWithReason(sources: DecisionSources, action: 'pin' | 'exclude', args: readonly unknown[]): Promise<DecideResult | undefined> {
  assertCanWrite(sources.engine);
  const target = await resolveProblems(args, sources);
  if (!target) return undefined;
  const reason = await vscode.window.showInputBox({
    title: action === 'pin' ? vscode.l10n.t('Pin problem') : vscode.l10n.t('Exclude problem'),
    prompt: vscode.l10n.t('Why? The reason is kept with the decision.'),
  });
  if (reason === undefined) return undefined;
  return write(sources, { ...target, action, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) });
}

async function relabel(sources: DecisionSources, args: readonly unknown[]): Promise<DecideResult | undefined> {
  assertCanWrite(sources.engine);
  const target = await resolveProblems(args, sources);
  const id = target?.problems[0];
  if (!target || id === undefined) return undefined;
  if (target.problems.length > 1) throw new ExpectedError(vscode.l10n.t('Relabel one problem at a time: each has its own ground truth.'));
  const present = await presentGroundTruth(sources, target, id);
  const groundTruth = await askGroundTruth(present);
  return groundTruth === null ? undefined : write(sources, { ...target, action: 'relabel', groundTruth });
}

async function presentGroundTruth(sources: DecisionSources, target: ProblemTarget, id: string): Promise<JsonValue> {
  const run = target.run ?? sources.runs.active?.id;
  const problem = run === undefined ? null : await sources.engine.call('problem', { run, id });
  return problem?.relabelledTo ?? problem?.groundTruth ?? null;
}

/** The new ground truth; null when the person gave up or left it as it was. */
async function askGroundTruth(present: JsonValue): Promise<JsonValue> {
  const before = groundTruthText(present);
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Relabel problem'),
    prompt: vscode.l10n.t('The correct ground truth. Difficulty and visits start afresh at the step where it takes effect.'),
    value: before,
    validateInput: (text) => {
      const value = parseGroundTruth(text, present);
      if (value === null) return vscode.l10n.t('Type the new ground truth.');
      const severity = vscode.InputBoxValidationSeverity.Info;
      return { severity, message: vscode.l10n.t('Written as {0}: {1}', kindOf(value), oneLine(JSON.stringify(value), 100)) };
    },
  });
  if (typed === undefined || typed === before) return null;
  return parseGroundTruth(typed, present);
}

function kindOf(value: JsonValue): string {
  if (typeof value === 'string') return vscode.l10n.t('text');
  if (typeof value === 'number') return vscode.l10n.t('a number');
  if (typeof value === 'boolean') return vscode.l10n.t('a truth value');
  return Array.isArray(value) ? vscode.l10n.t('a list') : vscode.l10n.t('an object');
}

async function undo(sources: DecisionSources, args: readonly unknown[]): Promise<DecideResult> {
  assertCanWrite(sources.engine);
  const run = runTarget(args) ?? sources.runs.active?.id ?? null;
  const result = await sources.engine.call('revert', { run, decision: null });
  const problem = result.decisions[0]?.problem ?? null;
  const about = problem === null ? '' : `: ${await shortNameOf(sources, run, problem)}`;
  showPassing(vscode.l10n.t('CDAS: last decision undone{0}', about));
  return result;
}

/** The beginning of a problem's text where the run knows it, else its id. */
async function shortNameOf({ engine }: DecisionSources, run: string | null, id: string): Promise<string> {
  // Without the text the id says it: what was undone stays undone.
  const problem = run === null ? null : await engine.call('problem', { run, id }).catch(() => null);
  return oneLine(problem === null || problem.text === '' ? id : problem.text, 40);
}

async function copyId(sources: DecisionSources, args: readonly unknown[]): Promise<readonly string[] | undefined> {
  const target = await resolveProblems(args, sources);
  if (!target) return undefined;
  await vscode.env.clipboard.writeText(target.problems.join('\n'));
  showPassing(plural(target.problems.length, 'CDAS: problem id copied', 'CDAS: {0} problem ids copied'));
  return target.problems;
}

async function write(sources: DecisionSources, request: DecideRequest): Promise<DecideResult> {
  const run = request.run ?? sources.runs.active?.id ?? null;
  const result = await sources.engine.call('decide', { ...request, run });
  showPassing(doneText(request, request.problems.length));
  sources.gitAttributes.offerOnce();
  return result;
}

function doneText(request: DecideRequest, count: number): string {
  switch (request.action) {
    case 'pin':
      return plural(count, 'CDAS: pinned, pending until the trainer confirms it', 'CDAS: {0} problems pinned, pending until the trainer confirms it');
    case 'exclude':
      return plural(count, 'CDAS: excluded, pending until the trainer confirms it', 'CDAS: {0} problems excluded, pending until the trainer confirms it');
    case 'relabel':
      return vscode.l10n.t('CDAS: relabelled to {0}', oneLine(jsonText(request.groundTruth), 40));
    default:
      return plural(count, 'CDAS: back to normal', 'CDAS: {0} problems back to normal');
  }
}
