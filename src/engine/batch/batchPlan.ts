import type { Receipt } from '../../core/decision';
import type { SamplerStrategy } from '../../core/samplerStrategy';
import { selectSymmetric } from '../../core/selection';
import { seededHash } from '../../core/seededHash';
import { strategies } from '../../core/strategies/strategies';
import type { OrderKey } from '../../core/strategies/strategy';
import { nextPosition, positionAfter, uniformBatch, type PassPosition } from '../../core/uniformPass';
import { ExpectedError } from '../../protocol/channel';
import type { ObservedRun } from '../observedRun';
import type { ProblemContext } from '../views/problemViews';
import { batchStateOf, type BatchState } from './batchState';

/** What the next batch is asked for. */
export interface BatchRequest {
  readonly strategy: SamplerStrategy;
  /** Problems per batch; null: as the trainer says, else as the run's steps have. */
  readonly size: number | null;
  /** All receipts of the run's trainer, oldest first. */
  readonly receipts: readonly Receipt[];
  /** The newest of them; null where there is none. */
  readonly receipt: Receipt | null;
}

/** A chosen batch with all that explains it. */
export interface BatchPlan {
  readonly context: ProblemContext;
  readonly request: BatchRequest;
  readonly state: BatchState;
  readonly step: number;
  readonly draw: number;
  readonly size: number;
  /** Where the trainer is in its passes over the dataset. */
  readonly position: PassPosition;
  /** Whether this batch is drawn uniformly: CDAS warms up, or the strategy is random. */
  readonly uniform: boolean;
  /** Pinned ones first, then by rank. */
  readonly chosen: readonly number[];
  /** The pinned ones among them. */
  readonly pinned: ReadonlySet<number>;
  /** What the strategy orders the candidates by; the least come first. */
  readonly keyOf: (problem: number) => OrderKey;
}

/** Chooses the next batch of a run. Throws an ExpectedError where there is nothing to choose from or by. */
export function planBatch(context: ProblemContext, request: BatchRequest): BatchPlan {
  requireFigures(context, request.strategy);
  return planAfter(context, request, context.run.steps.length);
}

/**
 * Whether the last logged step is the batch that would have been planned for it: a trainer that chooses ahead of the
 * rewards, or otherwise, shows there. Null where there is no such step, or decisions took effect just there.
 */
export function foretellsLastStep({ context, request }: BatchPlan): boolean | null {
  const { steps } = context.run;
  const last = steps.at(-1);
  if (last === undefined || (request.receipt?.appliedAtStep ?? 0) > last.step || startsAt(context, last.step)) return null;
  const { chosen } = planAfter(context, request, steps.length - 1);
  const logged = new Set(last.columns.problem);
  return chosen.length === logged.size && chosen.every((problem) => logged.has(problem));
}

function startsAt({ standings }: ProblemContext, step: number): boolean {
  return [...standings.values()].some((own) => own.some(({ activeFromStep }) => activeFromStep === step));
}

/** Chooses the batch that comes after the first `steps` steps of the log. */
function planAfter(context: ProblemContext, request: BatchRequest, steps: number): BatchPlan {
  const state = batchStateOf(context, request, steps);
  const size = Math.min(request.size ?? request.receipt?.sampler?.size ?? usualSize(context.run), Math.max(1, state.count - state.excluded));
  const rows = rowsOf(context.run);
  const place = placeAfter(context.run, request.receipt, { size, steps, rows: rows.length });
  const basis = { context, request, state, size, ...place, uniform: isUniform(context.run, request.strategy, place.position) };
  const batch = chooseBy(basis, rows);
  const pinned = new Set(state.pinned);
  return { ...basis, ...batch, pinned: new Set(batch.chosen.filter((problem) => pinned.has(problem))) };
}

type Basis = Omit<BatchPlan, 'chosen' | 'pinned' | 'keyOf'>;
type Chosen = Pick<BatchPlan, 'chosen' | 'keyOf'>;

function requireFigures({ run, facts }: ProblemContext, { name }: SamplerStrategy): void {
  const needsRewards = name !== 'random' && name !== 'static-curriculum';
  if (needsRewards && !facts.supportsDifficulty) throw new ExpectedError(facts.refusals.join(' '));
  if (name !== 'cdas' && !strategies.has(name)) throw new ExpectedError(`This version does not know the strategy ${JSON.stringify(name)} of sampler.json. Choose one of ${['cdas', ...strategies.keys()].join(', ')}.`);
  if (run.registry.length === 0) throw new ExpectedError('The run has no problems yet. The next batch can be shown once a step is logged or the dataset is known.');
}

/** Which step and which draw comes after the first `steps` steps, and where it lies in the passes over the dataset: told by a receipt and counted on from there. */
function placeAfter(run: ObservedRun, receipt: Receipt | null, { size, steps, rows }: { readonly size: number; readonly steps: number; readonly rows: number }): Pick<BatchPlan, 'step' | 'draw' | 'position'> {
  const step = (run.steps[steps - 1]?.step ?? 0) + 1;
  const told = receipt?.sampler ?? { draws: 0, epoch: 0, offset: 0 };
  const since = receipt?.sampler === undefined ? steps : Math.max(0, step - receipt.appliedAtStep);
  return { step, draw: told.draws + since, position: nextPosition(positionAfter(told, since, { rows, size }), rows, size) };
}

function isUniform(run: ObservedRun, { name, warmup }: SamplerStrategy, position: PassPosition): boolean {
  return name === 'random' || (name === 'cdas' && warmup === 'first-epoch' && isFirstPass(run, position));
}

function chooseBy(basis: Basis, rows: readonly number[]): Chosen {
  if (basis.uniform) return chooseUniformly(basis, rows);
  return basis.request.strategy.name === 'cdas' ? chooseAligned(basis) : chooseByRank(basis);
}

/** How many problems most steps of a run hold. */
function usualSize(run: ObservedRun): number {
  const counts = new Map<number, number>();
  for (const { length } of run.steps) counts.set(length, (counts.get(length) ?? 0) + 1);
  const [usual] = [...counts].sort(([a, x], [b, y]) => y - x || b - a);
  if (usual === undefined) throw new ExpectedError('No step is logged yet, so the batch size is unknown. Set it with --size.');
  return usual[0];
}

/** The problem of each dataset row in the order of the file; without a dataset the problems in the order of the log. */
function rowsOf({ registry, datasetFile }: ObservedRun): readonly number[] {
  if (datasetFile === null) return Array.from({ length: registry.length }, (_, problem) => problem);
  const problems = new Array<number>(datasetFile.index.length).fill(0);
  for (let problem = 0; problem < registry.length; problem++) {
    for (const row of registry.at(problem)?.rows ?? []) problems[row] = problem;
  }
  return problems;
}

/** Without a dataset the end of the first pass is not known: it is over once a problem has come twice. */
function isFirstPass(run: ObservedRun, { epoch }: PassPosition): boolean {
  if (run.datasetFile !== null) return epoch === 0;
  for (let problem = 0; problem < run.registry.length; problem++) if (run.history.state.visits(problem) > 1) return false;
  return true;
}

function chooseUniformly({ request, state, size, position }: Basis, rows: readonly number[]): Chosen {
  const pins = state.pinned.slice(0, size);
  const firstRows = firstRowsOf(new Set(pins), rows);
  const rules = {
    isExcluded: (row: number) => state.isExcluded(rows[row] ?? -1),
    pinned: pins.flatMap((problem) => firstRows.get(problem) ?? []),
  };
  const batch = uniformBatch(position, { rows: rows.length, size, seed: request.strategy.seed }, rules).map((row) => rows[row] ?? 0);
  const pinned = new Set(state.pinned);
  const chosen = [...new Set([...batch.filter((problem) => pinned.has(problem)), ...batch])];
  return { chosen, keyOf: () => [0, 0] };
}

/** The first row of each of some problems, where it has one. */
function firstRowsOf(problems: ReadonlySet<number>, rows: readonly number[]): ReadonlyMap<number, number> {
  const first = new Map<number, number>();
  rows.forEach((problem, row) => {
    if (problems.has(problem) && !first.has(problem)) first.set(problem, row);
  });
  return first;
}

function chooseAligned({ context, request, state, size, draw }: Basis): Chosen {
  const { difficulty, competence, pinned, isExcluded } = state;
  const { seed, symmetric } = request.strategy;
  const { mode } = context.run;
  const batch = selectSymmetric({ difficulty, competence, batch: size, mode, symmetric, seed: seededHash(seed, draw), pinned, isExcluded });
  const keyOf = (problem: number): OrderKey => [0, Math.abs(competence - (difficulty[problem] ?? 0))];
  return { chosen: [...batch.pinned, ...batch.harder, ...batch.easier], keyOf };
}

function chooseByRank({ request, state, size, draw }: Basis): Chosen {
  const strategy = strategies.get(request.strategy.name);
  if (strategy === undefined) throw new RangeError(`no strategy ${request.strategy.name}`);
  const { pinned, isExcluded } = state;
  const asked = { batch: size, seed: request.strategy.seed, draw, pinned, isExcluded };
  return { chosen: strategy.choose(state.seen(), asked), keyOf: strategy.keyOf(state.seen(), asked) };
}
