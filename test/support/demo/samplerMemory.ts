import { CdasState, type CdasMode } from '../../../src/core/cdas';
import { cdasStrategy } from '../../../src/core/strategies/cdasStrategy';
import { Observations, type ObservedGroup } from '../../../src/core/strategies/observations';
import { strategies } from '../../../src/core/strategies/strategies';
import type { DrawRequest } from '../../../src/core/strategies/strategy';
import type { StrategyParameters } from '../../../src/core/strategies/strategySpecs';
import { DemoError } from './demoError';

/** What the memory of a sampler starts with. */
export interface MemoryOptions {
  readonly mode?: CdasMode;
  /** Difficulties that are known beforehand, for the strategies that use them. */
  readonly labels?: readonly (number | null)[];
}

/** What CDAS and the other strategies hold of every problem: all are told all, so that one can follow another. */
export class SamplerMemory {
  readonly cdas: CdasState;
  private readonly seen: Observations;

  constructor(problemCount: number, { mode = 'paper', labels = [] }: MemoryOptions = {}) {
    this.cdas = new CdasState(mode);
    this.cdas.addProblems(problemCount, true);
    this.seen = new Observations(problemCount, {}, labels);
  }

  /** What a strategy of the product chooses now; `symmetric` is for CDAS alone. */
  choose(name: string, request: DrawRequest, symmetric = true): readonly number[] {
    const { cdas } = this;
    const { competence, mode } = cdas;
    const strategy = name === 'cdas' ? cdasStrategy(() => ({ difficulty: cdas.difficultyColumn(), competence, mode, symmetric })) : strategies.get(name);
    if (strategy === undefined) throw new DemoError(`There is no strategy ${name}; there are cdas, ${[...strategies.keys()].join(', ')}.`);
    return strategy.choose(this.seen, request);
  }

  /** Weighs what it is told from now on by the parameters of a strategy. */
  follow(parameters: StrategyParameters): void {
    this.seen.follow(parameters);
  }

  noteDrawn(problems: readonly number[]): void {
    this.seen.noteDrawn(problems);
  }

  /** Takes in what the rollouts of a step showed. */
  observe(groups: readonly ObservedGroup[]): void {
    this.seen.observe(groups);
    this.cdas.rateStep(groups.map(({ problem, correct, scored }) => ({ problem, passRate: correct / scored })));
  }

  /** Forgets the rollouts of a problem whose answer changed. */
  restart(problem: number): void {
    this.cdas.restart(problem);
    this.seen.forget(problem);
  }
}
