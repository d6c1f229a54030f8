import type { ObservedRun } from '../observedRun';

const ofEvaluation = /^eval[_/]/;

/**
 * The logged steps at which the trainer measured evaluation, where it logs the rollouts of evaluation under the same
 * names as those of training: there they took the place of training's, and some may have stayed in the next file.
 */
export function evaluatedSteps(run: ObservedRun): readonly number[] {
  if (run.source.format.evaluationMixedIn !== true) return [];
  const { metrics } = run;
  const measured = new Set(metrics.names.filter((name) => ofEvaluation.test(name)).flatMap((name) => metrics.metric(name)?.steps ?? []));
  return run.steps.map(({ step }) => step).filter((step) => measured.has(step));
}
