import type { ProblemCuration } from '../core/decisionFold';
import type { SamplerStrategy } from '../core/samplerStrategy';
import { Observations } from '../core/strategies/observations';
import type { ObservedRun } from './observedRun';
import type { ProblemContext } from './problemViews';

/** A run at its end as the next batch is chosen from it: every decision in force counts, also one that is still pending. */
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

/** Brings a run and the decisions about it into the state that a strategy chooses from. */
export function batchStateOf(context: ProblemContext, strategy: SamplerStrategy): BatchState {
  const decided = followed(context);
  const { registry, history } = context.run;
  const indices = (fits: (curation: ProblemCuration) => boolean): number[] =>
    decided.curations.flatMap(([id, curation]) => (fits(curation) ? [registry.indexOf(id) ?? -1] : []));
  const pins = indices(({ membership }) => membership === 'pin');
  const excluded = new Set(indices(({ membership }) => membership === 'exclude').filter((problem) => problem >= 0));
  const restarted = pendingRestarts(context);
  return {
    count: registry.problems.length,
    ...difficultyState(context, excluded, restarted),
    seen: once(() => observationsOf(context, strategy, restarted)),
    pinned: byLastVisit(history, pins.filter((problem) => problem >= 0)),
    isExcluded: (problem) => excluded.has(problem),
    excluded: excluded.size,
    unknownPins: pins.filter((problem) => problem < 0).length,
    unfollowed: decided.unfollowed,
  };
}

/** The decisions that count: what the trainer said it could not follow is left out. */
function followed({ curation, standings }: ProblemContext): { readonly curations: readonly (readonly [string, ProblemCuration])[]; readonly unfollowed: number } {
  const all = [...curation.problems].filter(([, { membership }]) => membership !== 'normal');
  const curations = all.filter(([id, { membershipDecision }]) => {
    const standing = standings.get(id)?.find(({ decision }) => decision.id === membershipDecision);
    return standing?.state !== 'unmatched' && standing?.state !== 'refused';
  });
  return { curations, unfollowed: all.length - curations.length };
}

/** Problems whose relabel has not reached the trainer yet: at the next batch they start afresh. */
function pendingRestarts({ run, standings }: ProblemContext): readonly number[] {
  return [...standings].flatMap(([id, own]) => {
    const isPending = own.some(({ decision, state }) => state === 'pending' && (decision.action === 'relabel' || decision.action === 'revert'));
    const problem = run.registry.indexOf(id);
    return isPending && problem !== undefined ? [problem] : [];
  });
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

/** What the strategies besides CDAS know: the steps in order, with relabelled problems forgotten where that took effect. */
function observationsOf(context: ProblemContext, strategy: SamplerStrategy, restarted: readonly number[]): Observations {
  const { registry, datasetFile, steps } = context.run;
  const labels = registry.problems.map(({ rows }) => datasetFile?.index.rows[rows[0] ?? -1]?.difficulty ?? null);
  const seen = new Observations(registry.problems.length, strategy, labels);
  const restarts = restartsByStep(context);
  steps.forEach(({ columns, groups }, position) => {
    for (const problem of restarts.get(position) ?? []) seen.forget(problem);
    seen.noteDrawn(columns.problem);
    seen.observe(groups);
  });
  for (const problem of restarted) seen.forget(problem);
  return seen;
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
  const last = new Map(problems.map((problem) => [problem, history.entriesOf(problem).findLast(({ kind }) => kind === 'visit')?.stepIndex ?? -1]));
  return [...problems].sort((a, b) => (last.get(a) ?? -1) - (last.get(b) ?? -1) || a - b);
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => (made ??= { value: make() }).value;
}
