import path from 'node:path';
import { learningRate, rolloutsPerGroup } from '../support/demo/hyperparameters';
import { arms } from './samplingArms';
import { samplingPlots, writePlots } from './samplingPlots';
import { costRatio, largerBatchTable, strategyTables, type ArmRuns } from './samplingReport';
import { trainArm, type RunRecord } from './samplingRun';
import { makeTask, type Setup, type Task } from './samplingTask';
import { whatIfOfSeed, whatIfTable, type WhatIfSeed } from './samplingWhatIf';

/** How much is trained. */
export interface SamplingOptions {
  readonly seeds: number;
  readonly firstSeed: number;
  readonly setup: Setup;
}

/** What the benchmark compares with, as RESULTS.md describes it. */
export const benchSetup: Setup = { problems: 2400, warmStartSteps: 500, batch: 40, steps: 360, evaluateEvery: 30, asked: 600 };

/** In fewer steps no problem comes twice under random sampling, so that what-if has nothing to go by. */
export const leastSteps = Math.ceil(benchSetup.problems / benchSetup.batch) + benchSetup.evaluateEvery;

const timesLarger = 4;

/** All that was measured. */
export interface SamplingOutcome {
  readonly arms: readonly ArmRuns[];
  readonly whatIf: readonly WhatIfSeed[];
  readonly largerBatch: readonly { readonly title: string; readonly runs: readonly RunRecord[] }[];
  readonly tasks: readonly Pick<Task, 'heldOut' | 'problems' | 'start'>[];
}

/** Trains every arm on every seed; `tell` hears of the progress. */
export function measureSampling({ seeds, firstSeed, setup }: SamplingOptions, tell: (line: string) => void): SamplingOutcome {
  const all = arms.map((arm) => ({ arm, asIs: [] as RunRecord[], curated: [] as RunRecord[] }));
  const whatIf: WhatIfSeed[] = [];
  const tasks: Task[] = [];
  const largerBatch = arms.filter(({ strategy, overGenerates }) => ['random', 'cdas'].includes(strategy) && overGenerates !== true).map((arm) => ({ title: arm.title, arm, runs: [] as RunRecord[] }));
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const task = makeTask(seed, setup);
    tasks.push(task);
    for (const { arm, asIs, curated } of all) {
      const run = trainArm(task, arm, { setup, curated: false, keepsLog: arm === arms[0] });
      if (arm === arms[0]) whatIf.push(whatIfOfSeed(task, run, setup));
      asIs.push({ ...run, log: [] });
      curated.push(trainArm(task, arm, { setup, curated: true }));
      tell(`seed ${seed}, ${arm.title}`);
    }
    for (const { arm, runs } of largerBatch) runs.push(trainArm(task, arm, { setup: withLargerBatch(setup), curated: false }));
  }
  return { arms: all, whatIf, largerBatch, tasks };
}

/** Batches several times as large, for the same number of rollouts. */
function withLargerBatch(setup: Setup): Setup {
  return { ...setup, batch: setup.batch * timesLarger, steps: Math.ceil(setup.steps / timesLarger) };
}

/** Trains the demo policy under each strategy; returns a report in Markdown and writes its plots. */
export function benchSampling(options: SamplingOptions): string {
  const startedAt = process.cpuUsage();
  const outcome = measureSampling(options, (line) => process.stderr.write(`${line}\n`));
  const { user, system } = process.cpuUsage(startedAt);
  const plots = writePlots(samplingPlots(outcome.arms, options.setup.evaluateEvery), path.join(import.meta.dirname, 'plots'));
  return samplingReport(outcome, options, { plots, cpuMinutes: (user + system) / 6e7 });
}

/** The report in Markdown. */
export function samplingReport(outcome: SamplingOutcome, { seeds, setup }: SamplingOptions, { plots, cpuMinutes }: { readonly plots: string; readonly cpuMinutes: number }): string {
  const named = (title: string): ArmRuns | undefined => outcome.arms.find(({ arm }) => arm.title === title);
  const [dynamic, cdas] = [named('dynamic sampling'), named('CDAS')];
  return [
    whatWasTrained(outcome, setup, seeds),
    plots,
    strategyTables(outcome.arms),
    ...(dynamic === undefined || cdas === undefined ? [] : [`For the same number of steps dynamic sampling generated ${costRatio(dynamic, cdas)} times the rollouts of CDAS (the paper reports 2.33 times the cost).`]),
    '### A larger share of the data in each batch',
    largerBatchText(setup),
    largerBatchTable(outcome.largerBatch),
    '### What-if beside the truth',
    whatIfText(setup),
    whatIfTable(outcome.whatIf),
    '### What this can and cannot tell',
    limits,
    `The whole took ${cpuMinutes.toFixed(1)} minutes of processor time.`,
  ].join('\n\n');
}

function thousands(count: number): string {
  return count.toLocaleString('en-US');
}

function whatWasTrained({ tasks }: SamplingOutcome, setup: Setup, seeds: number): string {
  const wrong = tasks[0]?.problems.filter(({ mislabelled }) => mislabelled).length ?? 0;
  const heldOut = tasks.map((task) => task.heldOut.length);
  return [
    `The demo policy (two hidden layers of 96, ${thousands(tasks[0]?.start.length ?? 0)} parameters) learns arithmetic by GRPO: ${seeds} seeds, each with problems, wrong labels, starting weights and random numbers of its own, the same for all strategies. ${setup.problems} problems, ${wrong} of them with wrong labels; ${setup.batch} groups of ${rolloutsPerGroup} rollouts enter each of ${setup.steps} optimizer steps; Adam, ${learningRate}. The strategies are those of \`src/core/strategies\` with their defaults, through the demo’s own batch sampler.`,
    '',
    '- Intervals are 95 % t-intervals over seeds; differences are paired by seed, bold where the interval leaves out 0. They are not corrected for the number of comparisons: with six strategies about one bold difference in three columns is expected by chance alone.',
    `- Accuracy is the policy’s exact chance of the true answer (never of a wrong label), in the mean over ${Math.min(...heldOut)} to ${Math.max(...heldOut)} problems of the same kinds that the data do not hold, and over ${Math.min(setup.asked, setup.problems)} of the training problems.`,
    `- The static curriculum goes from easy to hard by the pass rate of one group per problem from before training; those ${thousands(setup.problems * rolloutsPerGroup)} rollouts count as generated. Each of its passes ends with the hardest problems, and so does the run, which its last quarter and its accuracy at the end reflect. CDAS starts with a uniform first epoch (${Math.ceil(setup.problems / setup.batch)} steps). Dynamic sampling draws at random, throws uniform groups away and generates as many as are missing: DAPO generates whole batches, which costs more.`,
    '- The demo as it ships (600 problems, 250 warm-up steps) overfits: its held-out accuracy hardly moves, so that no strategy could show an effect. This configuration was chosen before any strategy was compared, by looking only at runs under random sampling with seeds 101 and 102: four times the problems (so that each comes about six times, as in a language model’s run) and a warm start twice as long, after which the held-out accuracy rises through the whole run and the zero-gradient share stays around a half. Step size, batch and group size are the demo’s own. Looked at in the same way and not taken: 600 and 1,200 problems, warm starts of 100 to 1,000 steps, step sizes from 0.0003 to 0.002.',
  ].join('\n');
}

function largerBatchText(setup: Setup): string {
  const larger = withLargerBatch(setup);
  return `Under CDAS a difficulty moves by 1/k at most with its k-th visit, and competence is a mean over all problems: a problem that is well aligned stays so and comes again, and with a small share of the data in a batch the rest hardly comes at all (see *different problems*; under random sampling the last quarter holds as many as fit). This part was added after a first look at that: the same number of rollouts in ${larger.steps} steps of ${larger.batch} groups, one in ${Math.round(setup.problems / larger.batch)} of the data instead of one in ${Math.round(setup.problems / setup.batch)}.`;
}

function whatIfText({ batch, problems }: Setup): string {
  const counted = Math.ceil(problems / batch) + 1;
  return `Groups with a gradient per generated group, %, from step ${counted} on (before, no problem had come twice). *What-if* asks the log of the random run: had the strategy kept ${batch / 2} of each step’s ${batch} groups? *Really trained* is a run in which the strategy chose ${batch / 2} of ${batch} problems drawn at random for each step, and only those were generated and trained on. The two differ by design: the log’s policy learned from ${batch} groups a step and the strategy was shown all of them; the trained one learned from half as many, of its own choice, and saw only those. The last three columns therefore compare the gain over no choice with the gain over a random half. A gap is what a reader of what-if would be wrong by, were it read as a forecast of training, which it is not.`;
}

const limits = [
  'It can tell how the strategies, as implemented here, share out groups with and without a gradient, what filtering after generation costs in rollouts, where wrong labels gather, and how far what-if is from a closed loop, all for a policy whose every number can be checked.',
  'It cannot tell which strategy is best for a language model. The policy is some ten thousand times smaller, starts from a short supervised phase instead of pretraining, answers in six tokens at most and shares little between problems, so that it mostly learns the problems it is shown; entropy falls through the run and, under random sampling, the zero-gradient share grows with it; a model that reasons at length need not do that. Pass rates here lie wherever the warm start left them; on a harder dataset most groups would be all wrong, on an easier one all right, and the order of the strategies may change with that, with the group size and the learning rate, neither of which was varied; the batch’s share of the data was varied once, above. Generated rollouts stand for cost: on a GPU, long answers and idle time count as well.',
  'Excluding the wrong labels is done here with perfect knowledge. A person with the lens finds some of them, and at times excludes a problem that is only hard.',
].join('\n\n');
