import { resolve } from 'node:path';
import type { Decision, DecisionAction, Expiry } from '../core/decision';
import type { JsonValue } from '../core/json';
import type { DecisionDraft } from '../curation/decisionLog';
import { CurationStore, type CurationView } from '../engine/decisions/curationStore';
import { draftDecisions, draftUndo, newestInForce } from '../engine/decisions/decide';
import { ExpectedError } from '../protocol/channel';
import { gitAuthor, systemAuthor } from '../curation/author';
import { textOption, UsageError, type Command, type Invocation, type OptionSpec } from './command';
import { Session } from './session';
import { directoryOption, ratingOptions, sessionOptions } from './sessionOptions';
import { strategyChoice, strategyOptions } from './strategyOptions';
import { warnOfCuration, warnOnce } from './warnings';

const decideOptions: readonly OptionSpec[] = [
  { name: 'reason', value: 'TEXT', help: 'why; kept with the decision, for whoever reads it later' },
  { name: 'run', value: 'RUN', help: 'store this run\'s figures for the problem with the decision, and its state in sampler.json' },
  directoryOption,
];
const expiresOption: OptionSpec = { name: 'expires', value: 'WHEN', help: 'expire when the run reaches a step (a number), or at a date (ISO-8601); `watch` or the next `compile` tells the trainer' };

/** `pin`: into every batch. */
export const pinCommand = membershipCommand('pin', 'Put problems into every batch until they are cleared.', [expiresOption]);
/** `exclude`: out of the sampler. */
export const excludeCommand = membershipCommand('exclude', 'Keep problems out of the sampler and of competence.', [expiresOption]);
/** `clear`: back to normal. */
export const clearCommand = membershipCommand('clear', 'Set problems back to normal, relabels included.', []);

/** `relabel`: another ground truth. */
export const relabelCommand: Command = {
  name: 'relabel',
  usage: 'ID --to JSON',
  summary: "Replace a problem's ground truth.",
  arity: { min: 1, max: 1 },
  options: [{ name: 'to', value: 'JSON', help: 'the new ground truth as JSON: \'"14"\' is a string, 14 a number' }, expiresOption, ...decideOptions],
  run: (invocation) => decide(invocation, 'relabel', { groundTruth: readGroundTruth(invocation) }),
};

/** `revert`: undo one decision. */
export const revertCommand: Command = {
  name: 'revert',
  usage: 'DECISION',
  summary: 'Undo a decision, by the id that `decisions` lists, and what a clear took back with it; a revert can be undone too.',
  arity: { min: 1, max: 1 },
  options: decideOptions,
  run: async (invocation) => {
    const desk = await openDesk(invocation);
    const ref = invocation.positionals[0] ?? '';
    const state = desk.store.state(desk.view());
    const decision = state.decisions.find(({ id }) => id === ref);
    if (decision === undefined) throw new ExpectedError(`There is no decision ${ref} in ${desk.store.decisionsPath}.`);
    if (state.undone.has(ref)) throw new ExpectedError(`The decision ${ref} is undone already. To redo it, revert the revert.`);
    await undo(invocation, desk, decision);
  },
};

/** `undo`: undo the newest decision. */
export const undoCommand: Command = {
  name: 'undo',
  usage: '',
  summary: 'Undo the newest decision in force; run again to undo the one before it.',
  arity: { min: 0, max: 0 },
  options: decideOptions,
  run: async (invocation) => {
    const desk = await openDesk(invocation);
    await undo(invocation, desk, newestInForce(desk.store.standings(desk.view())));
  },
};

/** `compile`: write sampler.json for a run. */
export const compileCommand: Command = {
  name: 'compile',
  usage: 'RUN',
  summary: "Write sampler.json from the decisions and the run's state, with the strategy to sample by.",
  arity: { min: 1, max: 1 },
  options: [...strategyOptions, ...ratingOptions, directoryOption],
  run: async (invocation) => {
    const choice = strategyChoice(invocation);
    const session = await Session.open(invocation.positionals[0] ?? '', sessionOptions(invocation));
    const { path, generation, written } = session.compile(choice);
    warnOfCuration(session.curation, session.view);
    if (invocation.json) invocation.output.json({ path, generation, written });
    else invocation.output.line(path);
  },
};

function membershipCommand(action: 'pin' | 'exclude' | 'clear', summary: string, options: readonly OptionSpec[]): Command {
  return {
    name: action,
    usage: 'ID…',
    summary,
    arity: { min: 1, max: Infinity },
    options: [...options, ...decideOptions],
    run: (invocation) => decide(invocation, action, {}),
  };
}

/** The curation directory of a command, with or without a run beside it. */
interface Desk {
  readonly store: CurationStore;
  readonly session: Session | null;
  readonly view: () => CurationView;
  readonly compile: () => ReturnType<CurationStore['compile']>;
}

/** Opens the curation directory; without a run what sampler.json says of the last one is kept. */
export async function openDesk(invocation: Invocation): Promise<Desk> {
  const target = textOption(invocation, 'run');
  const options = sessionOptions(invocation);
  if (target !== null) {
    const session = await Session.open(target, options);
    return { store: session.curation, session, view: () => session.view, compile: () => session.compile() };
  }
  const directory = resolve(options.directory);
  const store = new CurationStore(directory);
  store.poll();
  const lastStep = store.lastSurroundings.run?.step ?? null;
  const view = (): CurationView => ({ runNames: null, lastStep });
  return { store, session: null, view, compile: () => store.compile(view(), null) };
}

async function decide(invocation: Invocation, action: 'pin' | 'exclude' | 'clear' | 'relabel', more: { readonly groundTruth?: JsonValue }): Promise<void> {
  const problems = [...new Set(invocation.positionals)];
  const expires = readExpiry(invocation);
  const desk = await openDesk(invocation);
  if (desk.session !== null) warnOfUnknown(problems, desk.session);
  const reason = textOption(invocation, 'reason');
  const request = { run: null, action, problems, ...more, ...(reason !== null && { reason }), ...(expires !== null && { expires }) };
  await report(invocation, desk, draftDecisions(request, desk.store.state(desk.view()), desk.session?.context ?? null));
}

function warnOfUnknown(problems: readonly string[], { run }: Session): void {
  const unknown = problems.filter((problem) => run.registry.indexOf(problem) === undefined);
  if (unknown.length === 0) return;
  const places = run.datasetFile === null ? 'in the log of this run, and no dataset is known' : 'in the log of this run nor in its dataset';
  const named = unknown.slice(0, 3).join(', ') + (unknown.length > 3 ? ` and ${unknown.length - 3} more` : '');
  warnOnce(`Not ${places}: ${named}. The decision was written anyway; the trainer’s receipt will tell whether it knows the problem.`);
}

async function undo(invocation: Invocation, desk: Desk, decision: Decision): Promise<void> {
  await report(invocation, desk, draftUndo(decision, desk.store.state(desk.view()), textOption(invocation, 'reason') ?? ''));
}

async function report(invocation: Invocation, desk: Desk, drafts: readonly DecisionDraft[]): Promise<void> {
  const decisions = desk.store.append(drafts, (await gitAuthor(process.cwd())) ?? systemAuthor());
  const { path } = desk.compile();
  warnOfCuration(desk.store, desk.view());
  if (invocation.json) {
    invocation.output.json(decisions);
    return;
  }
  for (const decision of decisions) {
    const undone = desk.store.decisions.find(({ id }) => id === decision.ref);
    invocation.output.line(`${decision.id}  ${inWords(decision)}${undone === undefined ? '' : ` (${inWords(undone)})`}`);
  }
  invocation.output.line(`compiled into ${path}`);
}

function inWords({ action, problem, groundTruth, ref }: Decision): string {
  const words: Readonly<Record<DecisionAction, string>> = {
    pin: 'pinned',
    exclude: 'excluded',
    clear: 'cleared',
    note: 'noted',
    relabel: `relabelled to ${JSON.stringify(groundTruth)}`,
    revert: `reverted ${ref ?? ''}`,
  };
  return problem === undefined || action === 'revert' ? words[action] : `${words[action]}: ${problem}`;
}

function readGroundTruth(invocation: Invocation): JsonValue {
  const text = textOption(invocation, 'to');
  if (text === null) throw new UsageError('relabel needs --to JSON, the new ground truth');
  const value = parsedJson(text);
  if (!isExact(value)) throw new UsageError(`--to ${text} holds a number that other programs would round; give it as a string: --to '"14"'`);
  return value;
}

function parsedJson(text: string): JsonValue {
  try {
    // What JSON.parse gives is JSON.
    return JSON.parse(text) as JsonValue;
  } catch {
    throw new UsageError(`--to takes JSON, not ${JSON.stringify(text)}; a string needs quotes: --to '${JSON.stringify(text)}'`);
  }
}

/** Whether all numbers in a value are those that were typed: great whole numbers lose their last digits, greater ones all. */
function isExact(value: JsonValue): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return typeof value !== 'object' || value === null || Object.values(value).every(isExact);
}

const isoDate = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

function readExpiry(invocation: Invocation): Expiry | null {
  const text = textOption(invocation, 'expires');
  if (text === null) return null;
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return { step: Number(text) };
  // Date.parse takes nearly anything: “step 41” would be a day of 1941.
  const time = isoDate.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new UsageError(`--expires takes a step, such as 41, or a date, such as 2030-01-31, not ${JSON.stringify(text)}`);
  return { at: new Date(time).toISOString() };
}
