import { grouped, percent, signed } from '../core/figures';
import { orderedProblems, problemRows } from '../engine/views/problemViews';
import type { ProblemRow } from '../protocol/run';
import { authorsState } from './authorsState';
import { numberOption, textOption, wordOption, type Command, type Invocation } from './command';
import { Session } from './session';
import { directoryOption, ratingOptions, sessionOptions } from './sessionOptions';
import { writeTextFile } from './writeTextFile';

const sorts = ['difficulty', 'alignment', 'passRate', 'visits', 'lastStep', 'id'] as const;

/** `problems`: the problems of a run with their difficulty. */
export const problemsCommand: Command = {
  name: 'problems',
  usage: 'RUN',
  summary: 'List the problems of a run with difficulty, pass rate and decision.',
  arity: { min: 1, max: 1 },
  options: [
    { name: 'sort', value: 'FIELD', help: `${sorts.join(', ')}; default: difficulty` },
    { name: 'desc', help: 'highest first' },
    { name: 'limit', value: 'N', help: 'list at most N problems' },
    ...ratingOptions,
    directoryOption,
  ],
  run: async (invocation) => {
    const sort = wordOption(invocation, 'sort', sorts) ?? 'difficulty';
    const limit = numberOption(invocation, 'limit', { integer: true, min: 1 }) ?? Number.MAX_SAFE_INTEGER;
    const session = await Session.open(invocation.positionals[0] ?? '', sessionOptions(invocation));
    const ordered = orderedProblems(session.context, { sort, descending: invocation.options.has('desc') });
    const parts = problemRows(session.context, ordered.subarray(0, limit));
    if (invocation.json) await invocation.output.jsonRows(each(parts, problemFields));
    else await printProblems(invocation, parts);
  },
};

/** `recompute`: the CDAS state in the format of the authors' checkpoints. */
export const recomputeCommand: Command = {
  name: 'recompute',
  usage: 'RUN',
  summary: "Rate a run from its first rollout and print the state in the CDAS authors' checkpoint format.",
  arity: { min: 1, max: 1 },
  options: [{ name: 'out', value: 'FILE', help: 'write the state to FILE instead of printing it' }, ...ratingOptions, directoryOption],
  run: async (invocation) => {
    const session = await Session.open(invocation.positionals[0] ?? '', sessionOptions(invocation));
    session.requireRatings();
    const state = authorsState(session.run);
    const out = textOption(invocation, 'out');
    if (out === null) {
      invocation.output.json(state);
      return;
    }
    const path = writeTextFile(out, `${JSON.stringify(state)}\n`);
    if (invocation.json) invocation.output.json({ path });
    else invocation.output.line(path);
  },
};

function* each(parts: Iterable<readonly ProblemRow[]>, fields: (row: ProblemRow) => object): Generator<readonly object[]> {
  for (const part of parts) yield part.map(fields);
}

function problemFields(row: ProblemRow): object {
  const { id, text, groundTruth, visits, difficulty, passRate, rollouts, correct, lastStep, membership, relabelledTo } = row;
  return { id, text, groundTruth, visits, difficulty, passRate, rollouts, correct, lastStep, membership, relabelledTo };
}

async function printProblems({ output }: Invocation, parts: Iterable<readonly ProblemRow[]>): Promise<void> {
  await output.tableRows(
    parts,
    [
      { title: 'ID', cell: ({ id }) => id },
      { title: 'DIFFICULTY', cell: ({ difficulty }) => difficulty, format: (difficulty) => signed(difficulty, 4) },
      { title: 'VISITS', cell: ({ visits }) => visits, format: grouped },
      { title: 'PASS', cell: ({ passRate }) => passRate, format: percent },
      { title: 'CORRECT', cell: ({ correct, rollouts }) => `${grouped(correct)}/${grouped(rollouts)}` },
      { title: 'LAST', cell: ({ lastStep }) => lastStep },
      { title: 'STATE', cell: stateOf },
      { title: 'ANSWER', cell: ({ groundTruth }) => (groundTruth === null ? null : JSON.stringify(groundTruth)), maxChars: 20 },
      { title: 'TEXT', cell: ({ text }) => text },
    ],
    'The run has no problems yet.',
  );
}

function stateOf({ membership, relabelledTo }: ProblemRow): string | null {
  const parts = [...(membership === 'normal' ? [] : [membership]), ...(relabelledTo === null ? [] : [`relabelled ${JSON.stringify(relabelledTo)}`])];
  return parts.length === 0 ? null : parts.join(', ');
}
