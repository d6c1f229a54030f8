import type { Evaluation, RunRecord, StepRecord } from './samplingRun';

/** One figure of a run. */
export type RunFigure = (run: RunRecord) => number;

/** What is counted of a step. */
export type StepCount = Exclude<keyof StepRecord, 'problems'>;

/** Late is the last quarter. */
export function lateSteps({ steps }: RunRecord): readonly StepRecord[] {
  return steps.slice(Math.floor(0.75 * steps.length));
}

/** The share of groups without a gradient among those that entered an optimizer step. */
export const zeroGradientShare: RunFigure = ({ steps }) => ratio(steps, 'zeroGradient', 'trained');

/** The same of the last quarter of the steps. */
export const lateZeroGradientShare: RunFigure = (run) => ratio(lateSteps(run), 'zeroGradient', 'trained');

/** The share of wrongly labelled groups in the last quarter of the steps. */
export const lateMislabelledShare: RunFigure = (run) => ratio(lateSteps(run), 'mislabelled', 'trained');

/** How many different problems the last quarter of the steps trained on. */
export const lateDifferentProblems: RunFigure = (run) => new Set(lateSteps(run).flatMap(({ problems }) => problems)).size;

/** Groups with a gradient for each generated one. */
export const mixedPerGenerated: RunFigure = ({ steps }) => ratio(steps, 'mixed', 'generated');

/** All rollouts that were generated. */
export const generatedRollouts: RunFigure = (run) => lastEvaluation(run).generatedRollouts;

export const heldOutAtEnd: RunFigure = (run) => lastEvaluation(run).heldOut;

export const trainingAtEnd: RunFigure = (run) => lastEvaluation(run).training;

/** The held-out accuracy when so many rollouts had been generated, by a straight line between evaluations. */
export function heldOutAfter({ evaluations }: RunRecord, rollouts: number): number {
  const next = evaluations.findIndex(({ generatedRollouts: spent }) => spent >= rollouts);
  const [before, after] = [evaluations[next - 1], evaluations[next]];
  if (after === undefined || before === undefined) return next === 0 ? (after?.heldOut ?? NaN) : NaN;
  const share = (rollouts - before.generatedRollouts) / (after.generatedRollouts - before.generatedRollouts);
  return before.heldOut + share * (after.heldOut - before.heldOut);
}

/** A sum of one count over a sum of another. */
export function ratio(steps: readonly StepRecord[], of: StepCount, per: StepCount): number {
  const sum = (key: StepCount): number => steps.reduce((total, step) => total + step[key], 0);
  return sum(of) / sum(per);
}

function lastEvaluation({ evaluations }: RunRecord): Evaluation {
  const last = evaluations.at(-1);
  if (last === undefined) throw new Error('a run without an evaluation');
  return last;
}
