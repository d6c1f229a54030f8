import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { heldOutAfter, ratio, type StepCount } from './samplingFigures';
import type { ArmRuns } from './samplingReport';
import type { Evaluation, RunRecord } from './samplingRun';
import { overSeeds, type SeedMean } from './samplingStatistics';
import { figureSvg, type Curve, type CurvePoint, type Figure } from './samplingSvg';

/** The plots of the strategies, as SVG by file name. */
export function samplingPlots(all: readonly ArmRuns[], binSteps: number): ReadonlyMap<string, string> {
  const [reference] = all;
  const others = all.slice(1);
  if (reference === undefined) return new Map();
  const figure = (labels: Omit<Figure, 'panels'>, curvesOf: (arm: ArmRuns) => readonly Curve[]): string =>
    figureSvg({ ...labels, panels: others.map((each) => ({ title: each.arm.title, curves: curvesOf(each) })) });
  const beside = (curve: (runs: readonly RunRecord[]) => readonly CurvePoint[]) => (each: ArmRuns): readonly Curve[] => [
    { look: 'reference', points: curve(reference.asIs) },
    { look: 'main', points: curve(each.asIs) },
  ];
  const legend = { main: 'the strategy, 95 % band over seeds', reference: 'random' };
  const step = 'optimizer step';
  const gained = 'percentage points';
  return new Map([
    ['zero-gradient.svg', figure({ title: 'Zero-gradient share of the groups trained on', xLabel: step, yLabel: '% of groups', legend }, beside(binned(binSteps, 'zeroGradient')))],
    ['mislabelled.svg', figure({ title: 'Wrongly labelled problems in the batches', xLabel: step, yLabel: '% of groups', legend }, beside(binned(binSteps, 'mislabelled')))],
    [
      'held-out-steps.svg',
      figure({ title: 'Held-out accuracy gained since before training, against optimizer steps', xLabel: step, yLabel: gained, legend: { ...legend, dashed: 'the strategy, wrong labels excluded' } }, (each) => [
        ...beside(againstSteps)(each),
        { look: 'dashed', points: againstSteps(each.curated).map(({ x, y }) => ({ x, y })) },
      ]),
    ],
    ['held-out-rollouts.svg', figure({ title: 'Held-out accuracy gained since before training, against generated rollouts', xLabel: 'generated rollouts, thousands', yLabel: gained, legend }, beside(againstRollouts))],
  ]);
}

/** Writes the plots beside the results and returns the lines that show them. */
export function writePlots(plots: ReadonlyMap<string, string>, directory: string): string {
  mkdirSync(directory, { recursive: true });
  for (const [name, svg] of plots) writeFileSync(path.join(directory, name), svg);
  return [...plots].map(([name, svg]) => `![${/<title[^>]*>([^<]*)</.exec(svg)?.[1] ?? name}](${path.basename(directory)}/${name})`).join('\n\n');
}

/** A share of the trained groups in bins of steps. */
function binned(binSteps: number, of: StepCount): (runs: readonly RunRecord[]) => readonly CurvePoint[] {
  return (runs) => {
    const steps = runs[0]?.steps.length ?? 0;
    const bins = Math.ceil(steps / binSteps);
    return Array.from({ length: bins }, (_, bin) => {
      const [from, to] = [bin * binSteps, Math.min(steps, (bin + 1) * binSteps)];
      const { low, ...point } = pointOf((from + to) / 2, overSeeds(runs.map((run) => ratio(run.steps.slice(from, to), of, 'trained'))));
      return low === undefined ? point : { ...point, low: Math.max(0, low) };
    });
  };
}

/** What is gained, since seeds differ more in where they start. */
function againstSteps(runs: readonly RunRecord[]): readonly CurvePoint[] {
  return evaluationsOf(runs).map(({ step }, at) => pointOf(step, overSeeds(runs.map((run) => (run.evaluations[at]?.heldOut ?? NaN) - heldOutBefore(run)))));
}

/** Up to the fewest rollouts that a seed generated, for beyond it the mean would be over other seeds. */
function againstRollouts(runs: readonly RunRecord[]): readonly CurvePoint[] {
  const spent = (run: RunRecord, at: number): number => run.evaluations.at(at)?.generatedRollouts ?? 0;
  const [from, to] = [Math.max(...runs.map((run) => spent(run, 0))), Math.min(...runs.map((run) => spent(run, -1)))];
  const count = evaluationsOf(runs).length;
  return Array.from({ length: count }, (_, at) => {
    const rollouts = from + ((to - from) * at) / (count - 1);
    return pointOf(rollouts / 1000, overSeeds(runs.map((run) => heldOutAfter(run, rollouts) - heldOutBefore(run))));
  });
}

function heldOutBefore({ evaluations }: RunRecord): number {
  return evaluations[0]?.heldOut ?? NaN;
}

function evaluationsOf(runs: readonly RunRecord[]): readonly Evaluation[] {
  return runs[0]?.evaluations ?? [];
}

function pointOf(x: number, { mean, half }: SeedMean): CurvePoint {
  const y = 100 * mean;
  return half === null ? { x, y } : { x, y, low: y - 100 * half, high: y + 100 * half };
}
