import { defaultStrategy, readStrategy } from '../../../src/core/samplerStrategy';
import { Adam } from './adam';
import { BatchSampler } from './batchSampler';
import { loadCheckpoint, saveCheckpoint } from './checkpoint';
import { CurationWatch, type Log } from './curationWatch';
import { createDataset, readDataset, type TrainingProblem } from './dataset';
import { DemoError } from './demoError';
import { updatePolicy, type ScoredGroup } from './grpo';
import { heldOutPassRate } from './heldOut';
import { learningRate, rolloutsPerGroup, saveEverySteps, testEverySteps } from './hyperparameters';
import { batchFigures, type StepFigures } from './metrics';
import type { Policy } from './policy';
import { randomStream } from './random';
import { renderRollout, sampleRollouts, scoreAnswer } from './rollout';
import { appendMetrics, trimMetrics, writeRollouts } from './runFiles';
import type { DemoSettings } from './settings';
import { emptyPolicy, warmStart } from './warmStart';

interface SampledGroup extends ScoredGroup {
  readonly problem: number;
}

/** A training run in a directory: new, or taken up where its last checkpoint left it. */
export class Trainer {
  readonly problems: readonly TrainingProblem[];
  readonly policy: Policy;
  readonly sampler: BatchSampler;
  readonly watch: CurationWatch;
  private readonly optimiser: Adam;
  private completedSteps = 0;
  private savedStep = 0;

  constructor(private readonly dir: string, private readonly settings: DemoSettings, private readonly log: Log) {
    createDataset(dir, settings.seed, settings.problems);
    this.problems = readDataset(dir);
    const labels = this.problems.map(({ difficulty }) => difficulty);
    this.sampler = new BatchSampler(this.problems.length, { ...defaultStrategy, seed: settings.seed }, labels);
    this.watch = new CurationWatch(dir, this.problems, log);
    this.policy = emptyPolicy();
    this.optimiser = new Adam(this.policy.parameters.length);
    if (!this.resume()) this.policy.parameters.set(warmStart(settings.seed, settings.warmStartSteps).parameters);
    trimMetrics(dir, this.completedSteps);
  }

  /** The last step that is done; 0 for a new run. */
  get step(): number {
    return this.completedSteps;
  }

  /** One step of GRPO: obey sampler.json, choose problems, sample, score, log, rate, update. */
  trainStep(): StepFigures {
    const startedAt = performance.now();
    const step = this.completedSteps + 1;
    this.obeyCuration(step);
    const { groundTruth } = this.watch.curation;
    const batch = this.sampler.chooseBatch(this.settings.batch);
    const random = randomStream(this.settings.seed, 'rollouts', step);
    const groups = batch.map((problem) => this.sampleGroup(problem, random));
    writeRollouts(this.dir, step, groups.flatMap(({ problem, rollouts, scores }) => rollouts.map((rollout, i) => ({
      question: this.problems[problem]!.text,
      output: renderRollout(rollout),
      groundTruth: groundTruth[problem] ?? null,
      score: scores[i]!,
    }))));
    this.sampler.observe(groups.map(({ problem, scores }) => ({ problem, correct: sum(scores), scored: scores.length })));
    const update = updatePolicy(this.policy, this.optimiser, groups, learningRate);
    this.completedSteps = step;
    const figures = { ...batchFigures(groups), ...update, competence: this.sampler.cdas.competence, step };
    this.logStep(figures, (performance.now() - startedAt) / 1000);
    if (step % saveEverySteps === 0) this.save();
    return figures;
  }

  /** Writes a checkpoint of the last completed step, if there is none yet. */
  save(): void {
    if (this.savedStep === this.completedSteps) return;
    const state = { step: this.completedSteps, optimiserSteps: this.optimiser.steps, sampler: this.sampler.state(), samplerConfig: this.watch.configText };
    saveCheckpoint(this.dir, state, this.policy, this.optimiser);
    this.savedStep = this.completedSteps;
  }

  private resume(): boolean {
    const state = loadCheckpoint(this.dir, this.policy, this.optimiser);
    if (state === null) return false;
    if (state.sampler.problems !== this.problems.length) {
      throw new DemoError(`train.jsonl has ${this.problems.length} problems, but the run began with ${state.sampler.problems}: put the rows back, or start in another directory.`);
    }
    this.sampler.restore(state.sampler);
    this.watch.restore(state.samplerConfig);
    this.completedSteps = this.savedStep = state.step;
    return true;
  }

  private obeyCuration(step: number): void {
    const change = this.watch.look();
    if (change === null) return;
    const { pinned, excluded } = this.watch.curation;
    this.sampler.decide({ pinned, excluded, rescored: change.rescored });
    // As with the trainer package, the seed is the run's own where the file names none.
    const problems = this.sampler.follow(readStrategy({ seed: this.settings.seed, ...change.strategy }));
    if (problems.length > 0) this.log(`.cdas/sampler.json: ${problems.join(' ')} Batches are chosen as before.`);
    this.watch.confirm(step, this.sampler.described(this.settings.batch));
  }

  private sampleGroup(problem: number, random: () => number): SampledGroup & { readonly scores: readonly (0 | 1)[] } {
    const { question } = this.problems[problem]!;
    const wanted = this.watch.curation.groundTruth[problem] ?? null;
    const rollouts = sampleRollouts(this.policy, question, rolloutsPerGroup, random);
    return { problem, question, rollouts, scores: rollouts.map(({ answer }) => scoreAnswer(answer, wanted)) };
  }

  private logStep(figures: StepFigures, seconds: number): void {
    const { step } = figures;
    appendMetrics(this.dir, step, {
      'training/global_step': step,
      'critic/score/mean': figures.passRate,
      'actor/entropy': figures.entropy,
      'actor/grad_norm': figures.gradientNorm,
      'actor/pg_loss': figures.policyLoss,
      'actor/lr': learningRate,
      'response_length/mean': figures.meanTokens,
      'cdas/competence': figures.competence,
      'cdas/zero_gradient_share': figures.zeroGradientShare,
      'timing_s/step': seconds,
      ...(step % testEverySteps === 0 && { 'val-core/demo/arithmetic/acc/mean@1': heldOutPassRate(this.policy, this.settings.seed, this.problems) }),
    });
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
