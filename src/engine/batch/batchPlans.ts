import { chooseStrategy, unchangedStrategy, type SamplerStrategy, type StrategyChoice } from '../../core/samplerStrategy';
import type { TrainerSampler } from '../../core/trainerSampler';
import { ExpectedError } from '../../protocol/channel';
import type { CurationStore, CurationView } from '../decisions/curationStore';
import type { ObservedRun } from '../observedRun';
import type { ProblemContext } from '../views/problemViews';
import { planBatch, type BatchPlan } from './batchPlan';

/** What a front end asks of the next batch. */
export interface BatchWish {
  readonly view: CurationView;
  readonly choice: StrategyChoice;
  readonly size: number | null;
}

/** Plans next batches, each once for as long as the run and the decisions are the same. */
export class BatchPlans {
  private readonly known = new WeakMap<ObservedRun, { readonly context: ProblemContext; readonly plans: Map<string, BatchPlan> }>();

  /** `chosen` is what the settings say: it goes into sampler.json. */
  constructor(
    private readonly store: CurationStore,
    private readonly chosen: () => StrategyChoice = () => unchangedStrategy,
  ) {}

  /** The next batch of a run under the strategy in force. Throws an ExpectedError. */
  plan(context: ProblemContext, { view, choice, size }: BatchWish): BatchPlan {
    const plans = this.plansOf(context);
    const key = JSON.stringify([this.chosen(), choice, size, this.store.samplerStamp]);
    const known = plans.get(key);
    if (known !== undefined) return known;
    const receipts = this.store.receiptsOf(view);
    const receipt = receipts.at(-1) ?? null;
    const strategy = this.strategyInForce({ mode: context.run.mode, choice, sampler: receipt?.sampler });
    const plan = planBatch(context, { strategy, size, receipts, receipt });
    plans.set(key, plan);
    return plan;
  }

  private plansOf(context: ProblemContext): Map<string, BatchPlan> {
    const known = this.known.get(context.run);
    if (known !== undefined && isSame(known.context, context)) return known.plans;
    const plans = new Map<string, BatchPlan>();
    this.known.set(context.run, { context, plans });
    return plans;
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

/** Each part is made anew when something about it changes, and only then. */
function isSame(a: ProblemContext, b: ProblemContext): boolean {
  return a.facts === b.facts && a.curation === b.curation && a.standings === b.standings;
}
