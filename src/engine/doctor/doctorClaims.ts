import { grouped } from '../../core/figures';
import { plural } from '../../core/plural';
import type { DoctorClaim, DoctorClaimName } from '../../protocol/doctor';
import type { ObservedRun } from '../observedRun';
import type { RunFacts } from './logFindings';

/** What a claim rests on, counted once. */
export interface ClaimCounts {
  readonly rollouts: number;
  readonly scored: number;
  readonly withLength: number;
  readonly prompts: number;
  readonly promptsWithAnswer: number;
  readonly groups: number;
  /** Groups with a rollout that could be judged. */
  readonly judgedGroups: number;
  /** Groups whose scored rollouts all have one verdict. */
  readonly uniformGroups: number;
  /** Rows whose own word contradicts their score, in steps where that is no rare exception. */
  readonly misalignedRows: number;
  readonly unevenGroups: number;
  /** Steps at which evaluation was logged in the place of training. */
  readonly evaluatedSteps: number;
  readonly missingSteps: number;
  readonly ambiguous: number;
  readonly unmatched: number;
  readonly explicit: number;
  readonly matched: number;
}

type Verdict = Omit<DoctorClaim, 'claim'>;

interface ClaimBasis {
  readonly run: ObservedRun;
  readonly facts: RunFacts;
  readonly counts: ClaimCounts;
}

const judges: Readonly<Record<DoctorClaimName, (basis: ClaimBasis) => Verdict>> = {
  passRates,
  zeroGradientShare,
  difficulty,
  competence,
  identity,
  responseLength,
  groundTruth,
  groupSizes,
};

/** Which figures a log supports, each with the reason. */
export function judgeClaims(run: ObservedRun, facts: RunFacts, counts: ClaimCounts): readonly DoctorClaim[] {
  // The record has a key for each name and no other.
  return (Object.keys(judges) as DoctorClaimName[]).map((claim) => ({ claim, ...judges[claim]({ run, facts, counts }) }));
}

const yes = (reason: string): Verdict => ({ supported: 'yes', reason });
const partly = (reason: string): Verdict => ({ supported: 'partly', reason });
const no = (reason: string): Verdict => ({ supported: 'no', reason });

function passRates({ run, facts, counts }: ClaimBasis): Verdict {
  if (!facts.supportsPassRates) return no(facts.refusals.join(' '));
  if (counts.rollouts === 0) return no('No rollout has been read.');
  if (run.rule.kind === 'soft') return partly('The scores are not verdicts: the scaled score stands in for the share of correct rollouts.');
  if (counts.misalignedRows > 0) return partly(`In ${plural(counts.misalignedRows, 'row')} the extra fields contradict the score, so the score may belong to another rollout too.`);
  if (validatesInPlace(run)) return partly('Validation is dumped into the same files: at its steps, its rollouts may have replaced those of training.');
  if (counts.evaluatedSteps > 0) return partly(`Evaluation rollouts replaced those of training at ${plural(counts.evaluatedSteps, 'step')}.`);
  const unscored = counts.rollouts - counts.scored;
  const left = unscored === 0 ? '' : ` Left out: ${plural(unscored, 'rollout')} that could not be judged.`;
  return yes(`${plural(counts.scored, 'rollout')} judged by: ${run.rule.text}.${left}`);
}

/** Whether verl is told to dump validation into the directory of the training's rollouts, under the same names. */
export function validatesInPlace({ source: { config } }: ObservedRun): boolean {
  return config?.isVerl === true && config.validationDirectory !== null && config.validationDirectory === config.rolloutDirectory;
}

function zeroGradientShare(basis: ClaimBasis): Verdict {
  const rates = passRates(basis);
  if (rates.supported === 'no') return rates;
  if (basis.facts.groupSize === 1) return no('Groups of a single rollout are always uniform.');
  if (basis.run.rule.kind === 'soft') return partly('Without verdicts, only groups whose scores all lie at one end of the scale count as uniform.');
  if (rates.supported === 'partly') return rates;
  const { uniformGroups, judgedGroups, groups } = basis.counts;
  const left = groups === judgedGroups ? '' : ` Left out: ${plural(groups - judgedGroups, 'group')} of which no rollout could be judged.`;
  return yes(`${grouped(uniformGroups)} of ${plural(judgedGroups, 'group')} are uniform.${left}`);
}

function difficulty(basis: ClaimBasis): Verdict {
  const rates = passRates(basis);
  if (rates.supported === 'no') return rates;
  if (!basis.facts.supportsDifficulty) return no(basis.facts.refusals.join(' '));
  const { ambiguous } = basis.counts;
  const missingSteps = basis.run.source.format.emptySteps === true ? 0 : basis.counts.missingSteps;
  const limits = [
    ...(rates.supported === 'partly' ? [rates.reason] : []),
    ...(missingSteps > 0 ? [`Visits in ${plural(missingSteps, 'missing step')} are unknown.`] : []),
    ...(ambiguous > 0 ? [`${plural(ambiguous, 'problem')} may stand for several each.`] : []),
  ];
  return limits.length > 0 ? partly(limits.join(' ')) : yes('Every logged visit of a problem counts.');
}

function competence(basis: ClaimBasis): Verdict {
  const difficulties = difficulty(basis);
  if (difficulties.supported === 'no') return difficulties;
  const { run } = basis;
  const count = run.history.state.countedProblems;
  const over =
    run.datasetFile === null
      ? `The mean runs over the ${plural(count, 'problem')} seen so far; problems that were never sampled are missing from it.`
      : `The mean runs over the ${plural(count, 'problem')} of the dataset.`;
  if (difficulties.supported === 'partly') return partly(`${over} ${difficulties.reason}`);
  return run.datasetFile === null ? partly(over) : yes(over);
}

function identity({ run, facts, counts }: ClaimBasis): Verdict {
  const { explicit, matched, ambiguous, unmatched } = counts;
  if (!facts.namesProblems) return no(facts.refusals.join(' '));
  if (explicit + matched + ambiguous + unmatched === 0) return no('No problem has been seen yet.');
  const ways = [
    [explicit, 'an id in the rows'],
    [matched, 'the text of a dataset row'],
    [ambiguous, 'a text or an id shared by several dataset rows'],
    [unmatched, 'the text alone'],
  ] as const;
  const how = ways.flatMap(([count, by]) => (count > 0 ? [`${plural(count, 'problem')} by ${by}`] : [])).join(', ');
  const unsure = ambiguous > 0 || (unmatched > 0 && run.datasetFile !== null);
  return { supported: unsure ? 'partly' : 'yes', reason: `${how}.` };
}

function responseLength({ counts: { rollouts, withLength } }: ClaimBasis): Verdict {
  if (withLength === 0) return no('No row gives the length of the response.');
  const reason = `${grouped(withLength)} of ${grouped(rollouts)} rollouts have a length, in characters.`;
  return withLength === rollouts ? yes(reason) : partly(reason);
}

function groundTruth({ counts: { prompts, promptsWithAnswer } }: ClaimBasis): Verdict {
  if (promptsWithAnswer === 0) return no('The rows hold no answer.');
  const reason = `${grouped(promptsWithAnswer)} of ${grouped(prompts)} prompts come with an answer.`;
  return promptsWithAnswer === prompts ? yes(reason) : partly(reason);
}

function groupSizes({ facts, counts }: ClaimBasis): Verdict {
  if (facts.groupSize === null) return no('No group has been read.');
  const size = plural(facts.groupSize, 'rollout');
  if (counts.unevenGroups === 0) return yes(`Every group has ${size}.`);
  return partly(`Most groups have ${size}, ${grouped(counts.unevenGroups)} of ${grouped(counts.groups)} do not; each counts with the rollouts that the log holds.`);
}
