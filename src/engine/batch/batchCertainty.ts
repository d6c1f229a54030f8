import { canonicalJson } from '../../core/json';
import { grouped } from '../../core/figures';
import { plural } from '../../core/plural';
import { parametersOf, readStrategy, type SamplerStrategy } from '../../core/samplerStrategy';
import type { TrainerSampler } from '../../core/trainerSampler';
import type { ObservedRun } from '../observedRun';
import { foretellsLastStep, type BatchPlan, type BatchRequest } from './batchPlan';

/** Why a trainer may choose another batch than the planned one, in sentences; empty where it chooses just this one. */
export function uncertainties(plan: BatchPlan): readonly string[] {
  const reasons = [...trainerReasons(plan), ...decisionReasons(plan), ...logReasons(plan), ...identityReasons(plan)];
  return reasons.length > 0 ? reasons : hindsight(plan);
}

/** What the last logged step says of the way it was chosen. */
function hindsight(plan: BatchPlan): readonly string[] {
  const foretold = foretellsLastStep(plan);
  if (foretold === false) return [`Step ${plan.step - 1} was not the batch that this rule chooses, so the trainer chooses differently: ahead of the rewards, or from another state.`];
  const unproven = foretold === null && plan.request.receipt?.sampler?.draws === 0 && plan.context.run.steps.length > 0;
  return unproven ? ['The next step will show whether the trainer sees the rewards of a step before it chooses the next batch.'] : [];
}

function trainerReasons(plan: BatchPlan): readonly string[] {
  const { receipt } = plan.request;
  if (receipt === null) return ['No receipt of this run says how its trainer chooses: by which strategy, with which seed, and how many batches it has drawn.'];
  if (receipt.sampler === undefined) return [`The receipts of ${receipt.adapter} do not say whether or how it chooses its batches.`];
  return [...samplerReasons(plan, receipt.sampler, receipt.appliedAtStep), ...modeReasons(plan)];
}

/** A trainer that changes the mode goes on from the difficulties that it has; here the whole log is rated in one mode. */
function modeReasons({ request: { strategy, receipts } }: BatchPlan): readonly string[] {
  if (strategy.name !== 'cdas') return [];
  const told = receipts.flatMap(({ sampler }) => sampler ?? []);
  // Before its first receipt it went by its own settings alone.
  const before = told.slice(0, 1).flatMap(({ draws, own }) => (draws === 0 ? [] : [readStrategy(own).mode]));
  const other = [...before, ...told.map((sampler) => sampler.strategy.mode)].find((mode) => mode !== strategy.mode);
  return other === undefined ? [] : [`The trainer has also rated steps in mode ${other}.`];
}

function samplerReasons({ request, size, uniform }: BatchPlan, told: TrainerSampler, since: number): readonly string[] {
  const reasons: string[] = [];
  const { strategy } = request;
  if (effect(told.strategy) !== effect(strategy)) {
    reasons.push(`The trainer follows ${named(told.strategy)} since step ${since}, and this is ${named(strategy)}.`);
  }
  if (!told.learns) reasons.push('The trainer sees no rewards: it uses the difficulties that were in sampler.json when it last read it.');
  if (told.draws !== told.observed) reasons.push(`At step ${since} the trainer had chosen ${grouped(told.draws)} batches and seen the rewards of ${plural(told.observed, 'step')}: it does not choose its batches one by one.`);
  if (told.givenOrder && uniform) reasons.push('In a uniform pass, the framework sets the order.');
  if (told.size !== size) reasons.push(`The trainer takes ${grouped(told.size)} problems per batch.`);
  return reasons;
}

/** What of a strategy decides which problems are chosen. */
function effect({ name, mode, warmup, seed, ...rest }: SamplerStrategy): string {
  const own = name === 'cdas' ? { mode, warmup } : {};
  const { symmetric, ...parameters } = rest;
  return canonicalJson({ name, seed, ...own, ...parameters, ...(name === 'cdas' && { symmetric }) });
}

function named(strategy: SamplerStrategy): string {
  const { name, mode, warmup, seed } = strategy;
  const parts = [...(name === 'cdas' ? [mode, `warm-up ${warmup}`] : []), ...Object.entries(parametersOf(strategy)).map(([key, value]) => `${key} ${canonicalJson(value)}`), `seed ${seed}`];
  return `${name} (${parts.join(', ')})`;
}

function decisionReasons({ context, state, size }: BatchPlan): readonly string[] {
  const reasons: string[] = [];
  const pending = [...context.standings.values()].flat().filter((standing) => standing.state === 'pending').length;
  if (pending > 0) reasons.push(`The trainer has not confirmed ${plural(pending, 'decision')} yet; this preview assumes it has.`);
  if (state.unknownPins > 0) reasons.push(`Neither the log nor the dataset knows ${plural(state.unknownPins, 'pinned problem')}; the trainer may.`);
  if (state.pinned.length > size) reasons.push(`${grouped(state.pinned.length)} problems are pinned and take turns; only the log tells whose turn it is.`);
  return reasons;
}

function logReasons({ context: { run, facts }, request }: BatchPlan): readonly string[] {
  const doubts: readonly (readonly [boolean, string])[] = [
    [!run.loaded, 'The log is still being read.'],
    [facts.completeness === 'gaps', 'Steps are missing from the log that the trainer has seen.'],
    [facts.completeness === 'survivors', 'The log holds survivors only; the trainer has also seen the groups that were dropped.'],
    [run.rule.kind === 'soft', 'The log holds scores but does not say which rollouts are correct.'],
  ];
  return [...doubts.flatMap(([holds, reason]) => (holds ? [reason] : [])), ...missingSteps(run, request), ...unfinishedStep(run)];
}

function missingSteps(run: ObservedRun, { receipt }: BatchRequest): readonly string[] {
  if (receipt?.sampler === undefined) return [];
  const { appliedAtStep, sampler } = receipt;
  const logged = run.steps.filter(({ step }) => step < appliedAtStep).length;
  return logged === sampler.observed ? [] : [`The trainer had seen ${plural(sampler.observed, 'step')} before step ${appliedAtStep}; the log holds ${grouped(logged)}.`];
}

function unfinishedStep(run: ObservedRun): readonly string[] {
  const [last, previous] = [run.steps.at(-1), run.steps.at(-2)];
  if (last === undefined || previous === undefined || last.rollouts >= previous.rollouts) return [];
  return [`Step ${last.step} holds fewer rollouts than the step before it; it may still be incomplete.`];
}

function identityReasons({ context }: BatchPlan): readonly string[] {
  const { run, facts } = context;
  if (run.datasetFile === null) return ['No dataset is known, so problems that have not been sampled yet cannot be chosen.'];
  const unsure = facts.seenProblems.filter((problem) => ['ambiguous', 'unmatched'].includes(run.registry.at(problem)?.source ?? '')).length;
  return unsure === 0 ? [] : [`${plural(unsure, 'problem')} of the log cannot be matched to the dataset with certainty.`];
}
