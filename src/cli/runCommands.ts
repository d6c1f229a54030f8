import { existsSync, opendirSync, statSync } from 'node:fs';
import { fixed, grouped, percent, signed } from '../core/figures';
import { plural } from '../core/plural';
import { groupRows, type ProblemContext } from '../engine/views/problemViews';
import { loadRun } from '../engine/runLoading';
import { series, summariseRun } from '../engine/views/runSummary';
import { findFacts } from '../engine/doctor/logFindings';
import { discoverRuns } from '../logs/discovery/discover';
import { explainFault } from '../logs/files/readFault';
import { ExpectedError } from '../protocol/channel';
import type { GroupRow, RunSummary, SeriesPoint } from '../protocol/run';
import type { Command, Invocation } from './command';
import { noCacheOption, readingAids } from './readingAids';
import { Session } from './session';
import { directoryOption, mappingOption, mappingsIn, ratingOptions, sessionOptions } from './sessionOptions';
import { warnOnce } from './warnings';

/** `runs`: what is found under directories. */
export const runsCommand: Command = {
  name: 'runs',
  usage: '[DIR…]',
  summary: 'List the runs under directories (default: the current one).',
  arity: { min: 0, max: Infinity },
  options: [mappingOption, noCacheOption],
  run: async (invocation) => {
    const { positionals, json, output } = invocation;
    const runs = await listRuns(positionals.length === 0 ? ['.'] : positionals, invocation);
    if (json) {
      output.json(runs.map(runFields));
      return;
    }
    output.table(
      runs,
      [
        { title: 'ID', cell: ({ id }) => id },
        { title: 'FRAMEWORK', cell: ({ framework, variant }) => `${framework} ${variant}`.trim() },
        { title: 'STEPS', cell: ({ firstStep, lastStep }) => (lastStep === null ? null : `${firstStep ?? lastStep}–${lastStep}`) },
        { title: 'ROLLOUTS', cell: ({ rollouts }) => rollouts, format: grouped },
        { title: 'PROBLEMS', cell: ({ problems }) => problems, format: grouped },
        { title: 'LOG', cell: ({ completeness }) => completeness },
        { title: 'STATUS', cell: ({ status }) => status },
        { title: 'PATH', cell: ({ path }) => path, maxChars: 200 },
      ],
      'No runs found. Name the directory that holds the rollout files, or one above it; for JSONL of another format, `cdas-lens mapping FILE` proposes a --mapping. OpenRLHF writes no rollouts by itself: `cdas-lens setup --framework openrlhf` has the lines that let it; `--framework other` those for a trainer of your own.',
    );
  },
};

/** `show`: one run, step by step. */
export const showCommand: Command = {
  name: 'show',
  usage: 'RUN',
  summary: 'Show the steps of a run: pass rates, zero-gradient groups, competence.',
  arity: { min: 1, max: 1 },
  options: [...ratingOptions, directoryOption],
  run: async (invocation) => {
    const { run, findings } = await Session.open(invocation.positionals[0] ?? '', sessionOptions(invocation));
    const summary = summariseRun(run, findings, Date.now());
    const points = series(run, findings);
    if (!invocation.json) {
      printRun(invocation, summary, points);
      return;
    }
    const { groupSize, correctRule, identity, health } = summary;
    invocation.output.json({ run: runFields(summary), groupSize, correctRule, series: points, identity, health });
  },
};

/** `groups`: one row per problem and step. */
export const groupsCommand: Command = {
  name: 'groups',
  usage: 'RUN',
  summary: 'List the groups of a run in step order: one row per problem and step.',
  arity: { min: 1, max: 1 },
  options: [...ratingOptions, directoryOption],
  run: async (invocation) => {
    const { context } = await Session.open(invocation.positionals[0] ?? '', sessionOptions(invocation));
    const parts = groupsByStep(context);
    if (invocation.json) {
      await invocation.output.jsonRows(parts);
      return;
    }
    await invocation.output.tableRows(
      parts,
      [
        { title: 'STEP', cell: ({ step }) => step },
        { title: 'PROBLEM', cell: ({ problem }) => problem },
        { title: 'N', cell: ({ n }) => n, format: grouped },
        { title: 'SCORED', cell: ({ scored }) => scored, format: grouped },
        { title: 'CORRECT', cell: ({ scored, correct }) => (scored === 0 ? null : correct), format: grouped },
        { title: 'REWARD', cell: ({ rewardMean }) => rewardMean, format: (reward) => fixed(reward, 3) },
      ],
      'The run has no groups yet.',
    );
  },
};

function* groupsByStep(context: ProblemContext): Generator<readonly Pick<GroupRow, 'step' | 'problem' | 'n' | 'scored' | 'correct' | 'rewardMean'>[]> {
  for (const { step } of context.run.steps) {
    for (const part of groupRows(context, step)) yield part.map(({ problem, n, scored, correct, rewardMean }) => ({ step, problem, n, scored, correct, rewardMean }));
  }
}

async function listRuns(directories: readonly string[], invocation: Invocation): Promise<readonly RunSummary[]> {
  directories.forEach(assertReadable);
  const aids = readingAids(invocation);
  const { runs, problems } = await discoverRuns(directories, mappingsIn(invocation));
  problems.forEach(warnOnce);
  const summaries: RunSummary[] = [];
  for (const source of runs) {
    const run = await loadRun(source, { options: { mode: 'paper', correctThreshold: null }, dataset: null, aids });
    if (run === null) continue;
    run.files.errors.forEach(warnOnce);
    summaries.push(summariseRun(run, findFacts(run), Date.now()));
  }
  return summaries.sort((a, b) => (b.lastWriteAt ?? 0) - (a.lastWriteAt ?? 0));
}

function assertReadable(directory: string): void {
  if (!existsSync(directory)) throw new ExpectedError(`${directory} does not exist.`);
  try {
    if (statSync(directory).isDirectory()) opendirSync(directory).closeSync();
  } catch (error) {
    throw new ExpectedError(explainFault(error, directory));
  }
}

function runFields(run: RunSummary): object {
  const { id, path, framework, variant, firstStep, lastStep, steps, rollouts, problems, completeness, status } = run;
  return { id, path, framework, variant, firstStep, lastStep, steps, rollouts, problems, completeness, status };
}

function printRun({ output }: Invocation, run: RunSummary, points: readonly SeriesPoint[]): void {
  const { identity, health } = run;
  output.line(`${run.id}  ${run.framework} ${run.variant}  ${run.status}  ${run.path}`);
  output.line(`${plural(run.rollouts, 'rollout')} of ${plural(run.problems, 'problem')} in groups of ${run.groupSize ?? '?'}; ${run.correctRule}; log: ${run.completeness}`);
  output.line(`problems: ${grouped(identity.explicit)} by id, ${grouped(identity.matched)} matched, ${grouped(identity.ambiguous)} ambiguous, ${grouped(identity.unmatched)} unmatched`);
  output.line(`lines: ${grouped(health.badLines)} bad, ${grouped(health.ignoredLines)} ignored; ${plural(health.superseded, 'rollout')} superseded; ${plural(health.pendingBytes, 'byte')} pending`);
  for (const flag of health.flags) output.line(`! ${flag}`);
  output.table(
    points,
    [
      { title: 'STEP', cell: ({ step }) => step },
      { title: 'GROUPS', cell: ({ groups }) => groups, format: grouped },
      { title: 'ROLLOUTS', cell: ({ rollouts }) => rollouts, format: grouped },
      { title: 'PASS', cell: ({ passRate }) => passRate, format: share },
      { title: 'ALL-PASS', cell: ({ allPass }) => allPass, format: grouped },
      { title: 'MIXED', cell: ({ mixed }) => mixed, format: grouped },
      { title: 'ALL-FAIL', cell: ({ allFail }) => allFail, format: grouped },
      { title: 'COMPETENCE', cell: ({ competence }) => competence, format: (competence) => signed(competence, 4) },
      { title: 'TARGET', cell: ({ targetPassRate }) => targetPassRate, format: share },
      { title: 'CHARS', cell: ({ meanLengthChars }) => meanLengthChars, format: (chars) => grouped(Math.round(chars)) },
    ],
    'The run has no steps yet.',
  );
}

/** With the decimal that the dashboard's tables have. */
function share(value: number): string {
  return percent(value, 1);
}
