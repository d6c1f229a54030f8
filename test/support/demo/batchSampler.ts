import type { CdasState } from '../../../src/core/cdas';
import { chooseStrategy, parametersOf, unchangedStrategy, weighingParameters, type SamplerStrategy } from '../../../src/core/samplerStrategy';
import type { ObservedGroup } from '../../../src/core/strategies/observations';
import type { TrainerSampler } from '../../../src/core/trainerSampler';
import { nextPosition, uniformBatch, type PassPosition } from '../../../src/core/uniformPass';
import { SamplerMemory } from './samplerMemory';

/** The problems that decisions speak of, all of them each time. */
export interface SamplerDecisions {
  readonly pinned: readonly number[];
  readonly excluded: readonly number[];
  /** Problems that are scored against another answer from now on. */
  readonly rescored: readonly number[];
}

/** A step that was trained: problem, correct rollouts and scored rollouts of each group, in the order of the batch. */
type TrainedStep = readonly (readonly [problem: number, correct: number, scored: number])[];

/** What a sampler was told, in order. */
type SamplerEvent = { readonly step: TrainedStep } | { readonly decisions: SamplerDecisions } | { readonly strategy: SamplerStrategy };

/** All that a sampler holds, as it goes into a checkpoint: all else follows from what it was told. */
export interface SamplerState {
  readonly problems: number;
  readonly position: PassPosition;
  readonly events: readonly SamplerEvent[];
}

const noDecisions: SamplerDecisions = { pinned: [], excluded: [], rescored: [] };

/**
 * Chooses the batches by the strategy in force, as the trainer package does: while CDAS warms up (the first pass over the
 * dataset), and for the strategy `random`, from a permutation per pass. Pinned problems are in every batch, excluded ones in
 * none. A strategy that takes over starts from all that was seen before.
 */
export class BatchSampler {
  private memory: SamplerMemory;
  private events: SamplerEvent[] = [];
  private decided = noDecisions;
  private excluded: ReadonlySet<number> = new Set();
  private position: PassPosition = { epoch: 0, offset: 0 };
  private steps = 0;
  private places = 0;
  /** When each problem was last in a batch, counted in places of batches, so that no two are equal. */
  private readonly lastSampled = new Map<number, number>();

  constructor(private readonly problemCount: number, private strategy: SamplerStrategy, private readonly labels: readonly (number | null)[] = []) {
    this.memory = new SamplerMemory(problemCount, { mode: strategy.mode, labels });
    this.take({ strategy });
  }

  /** Difficulties and competence as they are now. */
  get cdas(): CdasState {
    return this.memory.cdas;
  }

  /** Goes over to a strategy for the next batch. Where it cannot be followed, says why in sentences and stays with the last one. */
  follow(strategy: SamplerStrategy): readonly string[] {
    const choice = { ...unchangedStrategy, name: strategy.name, seed: strategy.seed, parameters: parametersOf(strategy) };
    const { problems } = chooseStrategy(strategy, choice);
    if (problems.length > 0) return problems;
    if (strategy.mode === this.strategy.mode) this.take({ strategy });
    else this.replay([...this.events, { strategy }]);
    return [];
  }

  /** Takes over decisions in the place of those before. */
  decide(decisions: SamplerDecisions): void {
    this.take({ decisions });
  }

  /** The problems of the next step, without repetition: `size` of them, or all that are left to choose from. */
  chooseBatch(size: number): number[] {
    const batch = this.sizeOf(size);
    this.position = nextPosition(this.position, this.problemCount, batch);
    const pinned = this.pinnedByTurn().slice(0, batch);
    const chosen = this.isUniform() ? this.chooseUniformly(batch, pinned) : this.chooseByStrategy(batch, pinned);
    this.position = { ...this.position, offset: this.position.offset + batch };
    return chosen;
  }

  /** Takes in what the rollouts of a step showed. */
  observe(groups: readonly ObservedGroup[]): void {
    this.take({ step: groups.map(({ problem, correct, scored }) => [problem, correct, scored] as const) });
  }

  /** What a receipt says of how batches of `size` are chosen: enough to choose the next one elsewhere, with the log. */
  described(size: number): TrainerSampler {
    const { strategy, steps, position } = this;
    return { strategy, own: {}, size: this.sizeOf(size), draws: steps, observed: steps, ...position, learns: true, givenOrder: false };
  }

  state(): SamplerState {
    return { problems: this.problemCount, position: this.position, events: this.events };
  }

  restore({ position, events }: SamplerState): void {
    this.position = position;
    this.replay(events);
  }

  /** Takes in everything anew, under the mode that is in force at the end. */
  private replay(events: readonly SamplerEvent[]): void {
    const strategy = events.findLast((event) => 'strategy' in event)?.strategy ?? this.strategy;
    this.memory = new SamplerMemory(this.problemCount, { mode: strategy.mode, labels: this.labels });
    this.lastSampled.clear();
    [this.events, this.decided, this.steps, this.places] = [[], noDecisions, 0, 0];
    for (const event of events) this.take(event);
  }

  private take(event: SamplerEvent): void {
    this.events.push(event);
    if ('decisions' in event) this.takeDecisions(event.decisions);
    else if ('step' in event) this.takeStep(event.step);
    else this.takeStrategy(event.strategy);
  }

  private takeStrategy(strategy: SamplerStrategy): void {
    this.strategy = strategy;
    const parameters = weighingParameters(strategy);
    if (parameters !== null) this.memory.follow(parameters);
  }

  private takeDecisions(decisions: SamplerDecisions): void {
    this.decided = decisions;
    this.excluded = new Set(decisions.excluded);
    for (let problem = 0; problem < this.problemCount; problem++) this.cdas.setCounted(problem, !this.excluded.has(problem));
    for (const problem of decisions.rescored) this.memory.restart(problem);
  }

  private takeStep(step: TrainedStep): void {
    const groups = step.map(([problem, correct, scored]) => ({ problem, correct, scored }));
    this.steps++;
    for (const { problem } of groups) this.lastSampled.set(problem, ++this.places);
    this.memory.noteDrawn(groups.map(({ problem }) => problem));
    this.memory.observe(groups);
  }

  private sizeOf(size: number): number {
    return Math.min(size, this.problemCount - this.excluded.size);
  }

  /** Least recently sampled first, so that more pins than a batch holds take turns. */
  private pinnedByTurn(): number[] {
    const turn = (problem: number): number => this.lastSampled.get(problem) ?? 0;
    return [...this.decided.pinned].sort((a, b) => turn(a) - turn(b) || a - b);
  }

  private isUniform(): boolean {
    const { name, warmup } = this.strategy;
    return name === 'random' || (name === 'cdas' && warmup === 'first-epoch' && this.position.epoch === 0);
  }

  private chooseUniformly(size: number, pinned: readonly number[]): number[] {
    const pass = { rows: this.problemCount, size, seed: this.strategy.seed };
    const rows = uniformBatch(this.position, pass, { isExcluded: (problem) => this.excluded.has(problem), pinned });
    return [...new Set([...pinned, ...rows])];
  }

  private chooseByStrategy(size: number, pinned: readonly number[]): number[] {
    const { name, seed, symmetric } = this.strategy;
    const isExcluded = (problem: number): boolean => this.excluded.has(problem);
    return [...this.memory.choose(name, { batch: size, seed, draw: this.steps, pinned, isExcluded }, symmetric)];
  }
}
