import { grouped } from '../../core/figures';
import { plural } from '../../core/plural';
import { validationClaims } from '../../logs/discovery/validationDump';
import type { LogClaims } from '../../logs/logFormat';
import type { Completeness } from '../../protocol/run';
import type { ObservedRun } from '../observedRun';
import { notDisproved } from './uniformGroups';

/** What a run's log turned out to be, found once per revision. */
export interface RunFacts {
  readonly revision: number;
  readonly completeness: Completeness;
  /** False for logs of survivors only: no pass rate, difficulty or competence can be read from them. */
  readonly supportsPassRates: boolean;
  /** False also where problems cannot be followed from step to step. */
  readonly supportsDifficulty: boolean;
  /** Whether the log says which problem a group is of. */
  readonly namesProblems: boolean;
  /** Why figures are refused, in words. */
  readonly refusals: readonly string[];
  /** The mode of the group sizes. */
  readonly groupSize: number | null;
  /** Indices of the problems that the log has rollouts of, in order of first appearance; valid until the run has another revision. */
  readonly seenProblems: Int32Array;
}

/** With so many groups and steps, a log without a single uniform group was filtered before it was written. */
const filteredGroups = 200;
const filteredSteps = 10;
const largestPlainGroup = 16;

const noScores: LogClaims = {
  passRates: false,
  identity: true,
  survivors: false,
  why: 'No rollout has a score, so this log supports no pass rates, difficulty, competence or zero-gradient share. Log the reward function’s score.',
};

/** Finds what a run's log can support. */
export function findFacts(run: ObservedRun): RunFacts {
  const groupSize = modeOf(run.totals.sizes);
  const claims = claimsOf(run, groupSize);
  return {
    revision: run.revision,
    completeness: completenessOf(run, claims.survivors),
    supportsPassRates: claims.passRates,
    supportsDifficulty: claims.passRates && claims.identity,
    namesProblems: claims.identity,
    refusals: claims.why === '' ? [] : [claims.why],
    groupSize,
    seenProblems: run.totals.seen,
  };
}

/** What the format says of its logs, else what the scores, the configuration and the groups show. */
function claimsOf(run: ObservedRun, groupSize: number | null): LogClaims {
  const { format, variant, holdsValidation } = run.source;
  const known = holdsValidation === true ? validationClaims : notDisproved(run, groupSize, format.claims?.(variant) ?? null);
  if (known?.passRates !== false && hasNoScores(run)) return noScores;
  const shown = shownClaims(run, groupSize);
  return known === null || (known.passRates && shown.survivors) ? shown : known;
}

function shownClaims(run: ObservedRun, groupSize: number | null): LogClaims {
  const configured = run.source.config?.groupFilter ?? null;
  const survivors = configured !== null || looksFiltered(run, groupSize);
  return { passRates: !survivors, identity: true, survivors, why: survivors ? survivorRefusal(configured, run.totals.sums.comparable) : '' };
}

function hasNoScores({ rule, totals }: ObservedRun): boolean {
  return rule.kind === 'none' && totals.sums.rollouts > 0;
}

function looksFiltered({ totals, steps, rule }: ObservedRun, groupSize: number | null): boolean {
  const { comparable, uniform } = totals.sums;
  const enough = comparable >= filteredGroups && steps.length >= filteredSteps;
  return enough && uniform === 0 && (groupSize ?? 0) <= largestPlainGroup && rule.kind !== 'soft';
}

function survivorRefusal(configured: string | null, groups: number): string {
  const why = configured !== null
    ? `The run’s configuration drops groups with uniform reward before the log is written (${configured})`
    : `None of ${groups} groups has a uniform reward, so such groups were dropped before the log was written`;
  return `${why}: the log holds survivors only. It supports no pass rates, difficulty, competence or zero-gradient share. Log before filtering, or make the reward function write neutral rollouts.`;
}

function completenessOf(run: ObservedRun, survivors: boolean): Completeness {
  if (survivors) return 'survivors';
  const [first, last] = [run.steps[0], run.steps.at(-1)];
  if (first === undefined || last === undefined) return 'unknown';
  return last.step - first.step + 1 === run.steps.length ? 'complete' : 'gaps';
}

function modeOf(counts: ReadonlyMap<number, number>): number | null {
  const [mode] = [...counts].sort(([a, x], [b, y]) => y - x || b - a);
  return mode?.[0] ?? null;
}

/** What a person should know about a run's log, one sentence each, with what to do. */
export function logFlags(run: ObservedRun, facts: RunFacts): readonly string[] {
  const { advice } = run.source;
  return [...(advice === undefined ? [] : [advice]), ...run.notes, ...fileFlags(run), ...gapFlags(run, facts), ...rewardFlags(run), ...identityFlags(run, facts), ...facts.refusals];
}

function fileFlags(run: ObservedRun): string[] {
  const { files } = run;
  const [bad, long] = [files.sumHealth('badLines'), files.sumHealth('longLines')];
  const [mismatched, validation] = [files.sumHealth('stepMismatches'), files.sumHealth('validationRows')];
  const flags = [...files.errors, ...files.notes];
  if (bad > long) flags.push(`${plural(bad - long, 'line')} left out: not JSON objects.`);
  if (long > 0) flags.push(`${plural(long, 'line')} left out: too long, or with too many values, to be read in memory. Examine Log and cdas-lens doctor say where.`);
  if (mismatched > 0) flags.push(`${plural(mismatched, 'row')} with a different step from the file’s name; the row’s step is used.`);
  if (validation > 0) flags.push(`${plural(validation, 'validation rollout')} among the training rollouts, left out.`);
  return flags;
}

function gapFlags(run: ObservedRun, facts: RunFacts): string[] {
  const { gapAdvice } = run.source.format;
  if (gapAdvice === undefined || facts.completeness !== 'gaps') return [];
  const { steps } = run;
  const span = (steps.at(-1)?.step ?? 0) - (steps[0]?.step ?? 0) + 1;
  return [`${grouped(steps.length)} of ${grouped(span)} steps are in the log. ${gapAdvice}`];
}

function rewardFlags(run: ObservedRun): string[] {
  const flags: string[] = [];
  const { misaligned } = run.evidence;
  if (misaligned.length > 0) {
    const count = misaligned.reduce((total, { rows }) => total + rows, 0);
    const steps = misaligned.slice(0, 5).map(({ step }) => step).join(', ');
    flags.push(
      `In ${plural(count, 'row')} of step ${steps}${misaligned.length > 5 ? ', …' : ''} the field “${run.files.explicitField}” contradicts the score: the extra fields may belong to other rows. They are not used.`,
    );
  }
  if (run.rule.kind === 'soft') flags.push('The scores have more than two values: set a threshold (cdasLens.correctThreshold, --threshold) to say which rollouts are correct.');
  return flags;
}

function identityFlags(run: ObservedRun, facts: RunFacts): string[] {
  const sources = Array.from(facts.seenProblems, (problem) => run.registry.at(problem)?.source);
  const ambiguous = sources.filter((source) => source === 'ambiguous').length;
  const unmatched = sources.filter((source) => source === 'unmatched').length;
  const flags: string[] = [];
  if (ambiguous > 0) flags.push(`${plural(ambiguous, 'problem')} could be any of several dataset rows, which the log cannot tell apart; give each row its own problem_id, and log it.`);
  if (unmatched > 0 && run.datasetFile !== null) flags.push(`No row of ${run.datasetFile.path} was found for ${grouped(unmatched)} of ${plural(sources.length, 'problem')}.`);
  return flags;
}
