import type { Decision, Membership, Receipt } from '../../core/decision';
import { parametersOf, weighingParameters, type SamplerStrategy } from '../../core/samplerStrategy';
import { Observations } from '../../core/strategies/observations';
import type { StrategyParameters } from '../../core/strategies/strategySpecs';
import type { ObservedRun } from '../observedRun';
import type { ProblemContext } from '../views/problemViews';

/** A run after some of its steps as the next batch is chosen from it: at its end every decision in force counts, also one that is still pending; before, those that were active then. */
export interface BatchState {
  readonly count: number;
  readonly difficulty: ArrayLike<number>;
  readonly competence: number;
  /** Made when it is first asked for: CDAS needs none of it. */
  readonly seen: () => Observations;
  /** Least recently sampled first. */
  readonly pinned: readonly number[];
  readonly isExcluded: (problem: number) => boolean;
  readonly excluded: number;
  /** Pinned problems that neither the log nor the dataset knows. */
  readonly unknownPins: number;
  /** Decisions that the trainer could not follow; they change nothing here either. */
  readonly unfollowed: number;
}

/** What a batch is chosen by, and how the trainer sampled before. */
export interface ChoiceBasis {
  readonly strategy: SamplerStrategy;
  /** Oldest first. */
  readonly receipts: readonly Receipt[];
}

/** Brings a run after its first `steps` steps, and the decisions about it, into the state that a strategy chooses from. */
export function batchStateOf(context: ProblemContext, basis: ChoiceBasis, steps: number): BatchState {
  const atEnd = steps === context.run.steps.length;
  const decided = atEnd ? followed(context) : activeAt(context, context.run.steps[steps]?.step ?? 0);
  const { registry, history } = context.run;
  const indices = (wanted: Membership): number[] => decided.memberships.flatMap(([id, membership]) => (membership === wanted ? [registry.indexOf(id) ?? -1] : []));
  const pins = indices('pin');
  const excluded = new Set(indices('exclude').filter((problem) => problem >= 0));
  const restarted = atEnd ? pendingRestarts(context) : [];
  return {
    count: registry.length,
    ...(atEnd ? difficultyState(context, excluded, restarted) : pastDifficulty(context.run, steps)),
    seen: once(() => observationsOf(context, { ...basis, restarted, steps })),
    pinned: byLastVisit(history, pins.filter((problem) => problem >= 0)),
    isExcluded: (problem) => excluded.has(problem),
    excluded: excluded.size,
    unknownPins: pins.filter((problem) => problem < 0).length,
    unfollowed: decided.unfollowed,
  };
}

interface Decided {
  readonly memberships: readonly (readonly [problem: string, membership: Membership])[];
  readonly unfollowed: number;
}

/** The pins and exclusions in force: what the trainer said it could not follow is left out. */
function followed({ curation, standings }: ProblemContext): Decided {
  const all = [...curation.problems].filter(([, { membership }]) => membership !== 'normal');
  const kept = all.filter(([id, { membershipDecision }]) => {
    const state = standings.get(id)?.find(({ decision }) => decision.id === membershipDecision)?.state;
    return state !== 'unmatched' && state !== 'refused';
  });
  return { memberships: kept.map(([id, { membership }]) => [id, membership]), unfollowed: all.length - kept.length };
}

/** The pins and exclusions that are active and were so at a step. */
function activeAt({ standings }: ProblemContext, step: number): Decided {
  const active = [...standings].flatMap(([id, own]): [string, Membership][] =>
    own.flatMap(({ decision: { action }, state, activeFromStep }): [string, Membership][] =>
      state === 'active' && activeFromStep !== null && activeFromStep <= step && (action === 'pin' || action === 'exclude') ? [[id, action]] : [],
    ),
  );
  return { memberships: active, unfollowed: 0 };
}

/** Difficulty and competence as they were after the first `steps` steps. */
function pastDifficulty({ history }: ObservedRun, steps: number): Pick<BatchState, 'difficulty' | 'competence'> {
  const difficulty = history.state.difficultyColumn().slice();
  for (let step = history.stepCount - 1; step >= steps; step--) {
    const before = history.changesOf(step);
    before.problem.forEach((problem, place) => (difficulty[problem] = before.difficulty[place] ?? 0));
  }
  return { difficulty, competence: history.competenceAfter(steps - 1) ?? 0 };
}

/** Problems whose relabel has not reached the trainer yet: at the next batch they start afresh. */
function pendingRestarts({ run, standings }: ProblemContext): readonly number[] {
  return [...standings].flatMap(([id, own]) => {
    const byId = new Map(own.map(({ decision }) => [decision.id, decision]));
    const isPending = own.some(({ decision, state }) => state === 'pending' && isOfRelabel(decision, byId));
    const problem = run.registry.indexOf(id);
    return isPending && problem !== undefined ? [problem] : [];
  });
}

function isOfRelabel({ action, id, ref }: Decision, byId: ReadonlyMap<string, Decision>): boolean {
  if (action !== 'revert') return action === 'relabel';
  const undone = ref !== undefined && ref < id ? byId.get(ref) : undefined;
  return undone !== undefined && isOfRelabel(undone, byId);
}

/** Difficulty and competence as they will be when the pending decisions are in force. */
function difficultyState(context: ProblemContext, excluded: ReadonlySet<number>, restarted: readonly number[]): Pick<BatchState, 'difficulty' | 'competence'> {
  const { state } = context.run.history;
  const difficulty = state.difficultyColumn().slice();
  const sumOf = (problems: readonly number[]): number => problems.reduce((sum, problem) => sum + (difficulty[problem] ?? 0), 0);
  const forgotten = sumOf(restarted.filter((problem) => state.isCounted(problem)));
  for (const problem of restarted) difficulty[problem] = 0;
  const leaving = [...excluded].filter((problem) => state.isCounted(problem));
  const joining = comingBack(context, excluded);
  if (leaving.length + joining.length + restarted.length === 0) return { difficulty, competence: state.competence };
  const sum = -state.competence * state.countedProblems - forgotten - sumOf(leaving) + sumOf(joining);
  const counted = state.countedProblems - leaving.length + joining.length;
  return { difficulty, competence: counted === 0 ? 0 : 0 - sum / counted };
}

/** Problems whose exclusion was taken back and that the trainer has not heard of yet. */
function comingBack({ run, standings }: ProblemContext, excluded: ReadonlySet<number>): readonly number[] {
  const decided = [...standings.keys()].flatMap((id) => run.registry.indexOf(id) ?? []);
  return decided.filter((problem) => !excluded.has(problem) && !run.history.state.isCounted(problem) && wasExcluded(run, problem));
}

function wasExcluded({ history }: ObservedRun, problem: number): boolean {
  return history.entriesOf(problem).findLast(({ kind }) => kind === 'exclude' || kind === 'include')?.kind === 'exclude';
}

/** What the strategies besides CDAS know: the steps in order, each weighed as the trainer did, with relabelled problems forgotten where that took effect. */
function observationsOf(context: ProblemContext, { strategy, receipts, restarted, steps }: ChoiceBasis & { readonly restarted: readonly number[]; readonly steps: number }): Observations {
  const seen = new Observations(context.run.registry.length, {}, givenDifficulties(context.run));
  const weighedBy = weighings(strategy, receipts);
  const restarts = restartsByStep(context);
  context.run.steps.slice(0, steps).forEach(({ step, columns, groups }, position) => {
    seen.follow(weighedBy(step));
    for (const problem of restarts.get(position) ?? []) seen.forget(problem);
    seen.noteDrawn(columns.problem);
    seen.observe(groups);
  });
  for (const problem of restarted) seen.forget(problem);
  seen.follow(parametersOf(strategy));
  return seen;
}

/** The difficulty that the dataset gives each problem; null where it gives none. */
export function givenDifficulties({ registry, datasetFile }: ObservedRun): readonly (number | null)[] {
  return Array.from(registry, ({ rows }) => datasetFile?.index.difficultyOf(rows[0] ?? -1) ?? null);
}

/** The parameters by which the trainer weighed a step; where no receipt says how it samples, those of the strategy that is looked at. */
function weighings(strategy: SamplerStrategy, receipts: readonly Receipt[]): (step: number) => StrategyParameters {
  if (!receipts.some(({ sampler }) => sampler !== undefined)) return () => parametersOf(strategy);
  const told = receipts.flatMap(({ appliedAtStep, sampler }) => {
    const parameters = sampler === undefined ? null : weighingParameters(sampler.strategy);
    return parameters === null ? [] : [{ appliedAtStep, parameters }];
  });
  return (step) => told.findLast(({ appliedAtStep }) => appliedAtStep <= step)?.parameters ?? {};
}

/** Only a decision makes a problem start afresh, so only problems with decisions are looked at. */
function restartsByStep({ run, standings }: ProblemContext): ReadonlyMap<number, readonly number[]> {
  const byStep = new Map<number, number[]>();
  for (const id of standings.keys()) {
    const problem = run.registry.indexOf(id);
    if (problem === undefined) continue;
    for (const { kind, stepIndex } of run.history.entriesOf(problem)) {
      if (kind === 'restart') byStep.set(stepIndex, [...(byStep.get(stepIndex) ?? []), problem]);
    }
  }
  return byStep;
}

function byLastVisit(history: ObservedRun['history'], problems: readonly number[]): readonly number[] {
  const last = new Map(problems.map((problem) => [problem, history.tallyOf(problem).lastVisit]));
  return [...problems].sort((a, b) => (last.get(a) ?? -1) - (last.get(b) ?? -1) || a - b);
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => (made ??= { value: make() }).value;
}
