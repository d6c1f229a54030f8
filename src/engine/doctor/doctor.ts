import type { DoctorFound, DoctorJoin, DoctorJoinExample, DoctorReport, DoctorVerdictRule } from '../../protocol/doctor';
import { relativeTo } from '../views/metricsView';
import type { ObservedRun } from '../observedRun';
import { judgeClaims, type ClaimCounts } from './doctorClaims';
import type { DoctorEvidence } from './doctorEvidence';
import { findAll } from './doctorFindings';
import type { RunFacts } from './logFindings';
import { evaluatedSteps } from './mixedEvaluation';
import { compareRatings } from './storedRatingsCheck';

const maxExamples = 5;
const maxTextChars = 120;
/** The canonical JSON of an answer that is null. */
const noAnswer = 'null';
const ways = ['explicit', 'matched', 'ambiguous', 'unmatched'] as const;

/** Says what a run's log is, which figures it supports, and what would make it better. Reads nothing itself. */
export function examineLog(run: ObservedRun, facts: RunFacts, { badLines, storedRatings: stored, unreadStores }: DoctorEvidence): DoctorReport {
  const { id, name, path, logPath } = run.source;
  const joins = joinsOf(run, facts);
  const counts = countAll(run, facts, joins);
  const storedRatings = stored === null || run.steps.length === 0 ? null : compareRatings(run, stored);
  return {
    run: { id, name, path, logPath },
    found: foundOf(run, facts, counts),
    claims: judgeClaims(run, facts, counts),
    joins,
    correct: verdictRule(run, counts),
    findings: findAll({ run, facts, counts, badLines, storedRatings, unreadStores }),
    metrics: run.metrics.files.map(({ path: file, kind, series }) => ({ file: relativeTo(path, file), kind, series })),
    storedRatings,
  };
}

function foundOf(run: ObservedRun, facts: RunFacts, counts: ClaimCounts): DoctorFound {
  const { source, files, steps } = run;
  const { read, size } = files.progress;
  const bytesRead = files.all.reduce((sum, file) => sum + file.bytesRead, 0);
  return {
    framework: source.format.framework,
    variant: source.variant,
    files: files.all.length,
    bytes: read < size ? size : bytesRead,
    bytesRead,
    rollouts: counts.rollouts,
    groups: counts.groups,
    problems: facts.seenProblems.length,
    steps: steps.length,
    firstStep: steps[0]?.step ?? null,
    lastStep: steps.at(-1)?.step ?? null,
    groupSize: facts.groupSize,
    configFile: source.config?.configFile ?? null,
    datasetFile: run.datasetFile?.path ?? null,
  };
}

function joinsOf(run: ObservedRun, facts: RunFacts): readonly DoctorJoin[] {
  const seen = Array.from(facts.namesProblems ? facts.seenProblems : []).flatMap((problem) => run.registry.at(problem) ?? []);
  return ways.map((how) => {
    const joined = seen.filter(({ source }) => source === how);
    const examples = joined.slice(0, maxExamples).map(({ id, preview, rows }): DoctorJoinExample => ({
      problem: id,
      // Not cut in the middle of a character.
      text: preview.slice(0, maxTextChars).replace(/[\ud800-\udbff]$/u, ''),
      rows: rows.slice(0, maxExamples).map((row) => row + 1),
    }));
    return { how, problems: joined.length, examples };
  });
}

function countAll(run: ObservedRun, facts: RunFacts, joins: readonly DoctorJoin[]): ClaimCounts {
  const { steps } = run;
  const joined = (how: DoctorJoin['how']): number => joins.find((join) => join.how === how)?.problems ?? 0;
  const { sums, sizes } = run.totals;
  const prompts = [...run.registry.askedPrompts()];
  const span = steps.length === 0 ? 0 : (steps.at(-1)?.step ?? 0) - (steps[0]?.step ?? 0) + 1;
  return {
    rollouts: sums.rollouts,
    scored: sums.scored,
    withLength: sums.lengthCount,
    prompts: prompts.length,
    promptsWithAnswer: prompts.filter(({ answer }) => answer !== null && answer !== noAnswer).length,
    groups: sums.groups,
    judgedGroups: sums.scoredGroups,
    uniformGroups: sums.allPass + sums.allFail,
    misalignedRows: run.evidence.misaligned.reduce((total, { rows }) => total + rows, 0),
    unevenGroups: sums.groups - (sizes.get(facts.groupSize ?? 0) ?? 0),
    evaluatedSteps: evaluatedSteps(run).length,
    missingSteps: span - steps.length,
    explicit: joined('explicit'),
    matched: joined('matched'),
    ambiguous: joined('ambiguous'),
    unmatched: joined('unmatched'),
  };
}

function verdictRule(run: ObservedRun, counts: ClaimCounts): DoctorVerdictRule {
  const evidence = run.rewardEvidence;
  const scores = evidence.distinct === null ? null : [...evidence.distinct].sort(([a], [b]) => a - b).map(([score, rollouts]) => ({ score, rollouts }));
  return {
    rule: run.rule.text,
    scored: counts.scored,
    unscored: counts.rollouts - counts.scored,
    lowest: Number.isFinite(evidence.min) ? evidence.min : null,
    highest: Number.isFinite(evidence.max) ? evidence.max : null,
    scores,
    field: evidence.explicitField === '' ? null : evidence.explicitField,
    saying: evidence.explicit,
    contradicting: evidence.contradictions,
  };
}
