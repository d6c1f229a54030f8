import { chooseStrategy, unchangedStrategy, type SamplerStrategy, type StrategyChoice } from '../core/samplerStrategy';
import type { TrainerSampler } from '../core/trainerSampler';
import { ExpectedError } from '../protocol/channel';
import { planBatch, type BatchPlan } from './batchPlan';
import type { CurationStore, CurationView } from './curationStore';
import type { ProblemContext } from './problemViews';

/** What a front end asks of the next batch. */
export interface BatchWish {
  readonly view: CurationView;
  readonly choice: StrategyChoice;
  readonly size: number | null;
}

/** Plans next batches, each once for as long as the run and the decisions are the same. */
export class BatchPlans {
  private readonly known = new WeakMap<ProblemContext, Map<string, BatchPlan>>();

  /** `chosen` is what the settings say: it goes into sampler.json. */
  constructor(
    private readonly store: CurationStore,
    private readonly chosen: () => StrategyChoice = () => unchangedStrategy,
  ) {}

  /** The next batch of a run under the strategy in force. Throws an ExpectedError. */
  plan(context: ProblemContext, { view, choice, size }: BatchWish): BatchPlan {
    const plans = this.known.get(context) ?? new Map<string, BatchPlan>();
    this.known.set(context, plans);
    const key = JSON.stringify([this.chosen(), choice, size]);
    const known = plans.get(key);
    if (known !== undefined) return known;
    const receipts = this.store.receiptsOf(view);
    const receipt = receipts.at(-1) ?? null;
    const strategy = this.strategyInForce({ mode: context.run.mode, choice, sampler: receipt?.sampler });
    const plan = planBatch(context, { strategy, size, receipts, receipt });
    plans.set(key, plan);
    return plan;
  }

  /** As sampler.json has it or is going to, under the trainer's own settings, under what was asked for just now. */
  private strategyInForce({ mode, choice, sampler }: { readonly mode: SamplerStrategy['mode']; readonly choice: StrategyChoice; readonly sampler: TrainerSampler | undefined }): SamplerStrategy {
    const compiled = chooseStrategy({ ...this.store.lastSurroundings.strategy, mode }, this.chosen());
    const asked = chooseStrategy({ ...compiled.strategy, ...sampler?.own }, choice);
    const problems = [...compiled.problems, ...asked.problems];
    if (problems.length > 0) throw new ExpectedError(problems.join(' '));
    return asked.strategy;
  }
}
