import type { IdentityCounts, RunStatus, RunSummary, SeriesPoint } from '../../protocol/run';
import { logFlags, type RunFacts } from '../doctor/logFindings';
import type { WriteTimes } from '../reading/followedFiles';
import type { ObservedRun } from '../observedRun';
import type { StepGroups } from '../rating/stepGroups';

const liveAtLeastMs = 2 * 60_000;
const finishedAtLeastMs = 6 * 3_600_000;

/** One step as the series shows it. `position` is the step's place in the history. */
export function seriesPoint(run: ObservedRun, step: StepGroups, position: number, facts: RunFacts): SeriesPoint {
  const { scoredGroups, allPass, allFail, rollouts, lengthSum, lengthCount } = step;
  const passRate = passRateOf(step, facts);
  const supported = passRate !== null;
  const competence = facts.supportsDifficulty ? (run.history.competenceAfter(position) ?? null) : null;
  return {
    step: step.step,
    groups: step.length,
    rollouts,
    passRate,
    allPass: supported ? allPass : null,
    mixed: supported ? scoredGroups - allPass - allFail : null,
    allFail: supported ? allFail : null,
    competence,
    targetPassRate: competence === null ? null : 0.5 - competence,
    meanLengthChars: lengthCount === 0 ? null : lengthSum / lengthCount,
  };
}

/** The share of a step's scored rollouts that are correct; null where the log cannot tell. */
export function passRateOf({ correct, scored }: StepGroups, facts: RunFacts): number | null {
  return facts.supportsPassRates && scored > 0 ? correct / scored : null;
}

/** All steps of a run, oldest first. */
export function series(run: ObservedRun, facts: RunFacts): readonly SeriesPoint[] {
  return run.steps.map((step, position) => seriesPoint(run, step, position, facts));
}

/** The newest steps of a run but for the first `offset` of them, at most `limit`, newest first. */
export function newestSteps(run: ObservedRun, facts: RunFacts, { offset, limit }: { readonly offset: number; readonly limit: number }): readonly SeriesPoint[] {
  const end = Math.max(0, run.steps.length - offset);
  const start = Math.max(0, end - limit);
  return run.steps.slice(start, end).map((step, place) => seriesPoint(run, step, start + place, facts)).reverse();
}

/** A run as lists show it. */
export function summariseRun(run: ObservedRun, facts: RunFacts, now: number): RunSummary {
  const { source, files, history } = run;
  const steps = run.steps;
  const last = steps.at(-1);
  const { read, size } = files.progress;
  const { writes } = files;
  return {
    id: source.id,
    name: source.name,
    path: source.path,
    logPath: source.logPath,
    dataset: run.datasetFile?.path ?? null,
    framework: source.format.framework,
    variant: source.variant,
    ...stepSpan(run),
    rollouts: run.totals.sums.rollouts,
    problems: facts.seenProblems.length,
    completeness: facts.completeness,
    status: runStatus(writes, now),
    lastWriteAt: writes.last,
    groupSize: facts.groupSize,
    correctRule: run.rule.text,
    identity: identityCounts(run, facts),
    health: {
      badLines: files.sumHealth('badLines'),
      ignoredLines: files.sumHealth('ignoredLines'),
      superseded: supersededRows(run),
      pendingBytes: files.pendingBytes,
      flags: logFlags(run, facts),
    },
    polling: run.polling,
    countedProblems: { basis: run.datasetFile === null ? 'seen' : 'dataset', count: history.state.countedProblems },
    loaded: run.loaded,
    rating: run.loaded && run.isRating,
    progress: size === 0 ? Number(run.loaded) : read / size,
    latest: last === undefined ? null : seriesPoint(run, last, steps.length - 1, facts),
  };
}

/** Before anything is read the names of the files tell the steps. */
function stepSpan({ steps, files }: ObservedRun): Pick<RunSummary, 'firstStep' | 'lastStep' | 'steps'> {
  if (steps.length > 0) return { firstStep: steps[0]?.step ?? null, lastStep: steps.at(-1)?.step ?? null, steps: steps.length };
  const named = files.namedSteps;
  return { firstStep: named[0] ?? null, lastStep: named.at(-1) ?? null, steps: named.length };
}

function supersededRows({ source, totals, rowsOfReplacedSteps }: ObservedRun): number {
  const { superseded } = totals.sums;
  const replaced = totals.sums.replaced + rowsOfReplacedSteps;
  return source.format.repeatedRollout === 'rerun' ? replaced + superseded : replaced;
}

function identityCounts(run: ObservedRun, facts: RunFacts): IdentityCounts {
  const counts = { explicit: 0, matched: 0, ambiguous: 0, unmatched: 0 };
  for (const problem of facts.namesProblems ? facts.seenProblems : []) {
    const source = run.registry.at(problem)?.source;
    if (source !== null && source !== undefined) counts[source]++;
  }
  return counts;
}

/** Live, idle or finished, by the age of the last write against the usual time between writes. */
function runStatus({ last, usualGap }: WriteTimes, now: number): RunStatus {
  if (last === null) return 'idle';
  const age = now - last;
  if (age < Math.max(liveAtLeastMs, 3 * usualGap)) return 'live';
  return age > Math.max(finishedAtLeastMs, 20 * usualGap) ? 'finished' : 'idle';
}
