import { seededRandom } from './seededHash';

/** A figure with its 95 % interval; none where there is too little to resample. */
export interface Estimate {
  readonly value: number;
  readonly interval: readonly [low: number, high: number] | null;
}

/** Fewer steps than this give no interval. */
export const fewestResampled = 10;

const resamples = 2000;

/**
 * The block bootstrap over steps (Politis and Romano 1992): steps next to each other are alike, so circular blocks of
 * n^(1/3) of them are drawn with replacement. `figures` works out the same figures from any choice of steps; the
 * intervals are percentiles. The same seed gives the same intervals.
 */
export function bootstrapOverSteps<Step>(steps: readonly Step[], seed: number, figures: (sample: readonly Step[]) => readonly number[]): readonly Estimate[] {
  const values = figures(steps);
  if (steps.length < fewestResampled) return values.map((value) => ({ value, interval: null }));
  const random = seededRandom(seed);
  const drawn = values.map(() => new Float64Array(resamples));
  for (let round = 0; round < resamples; round++) {
    figures(resample(steps, random)).forEach((value, at) => {
      const column = drawn[at];
      if (column !== undefined) column[round] = value;
    });
  }
  return values.map((value, at) => ({ value, interval: percentiles(drawn[at] ?? new Float64Array(0)) }));
}

/** How many steps a block has. */
export function blockLength(steps: number): number {
  return Math.max(1, Math.round(Math.cbrt(steps)));
}

function resample<Step>(steps: readonly Step[], random: () => number): Step[] {
  const length = blockLength(steps.length);
  const sample: Step[] = [];
  while (sample.length < steps.length) {
    const start = Math.floor(random() * steps.length);
    for (let offset = 0; offset < length && sample.length < steps.length; offset++) {
      const step = steps[(start + offset) % steps.length];
      if (step !== undefined) sample.push(step);
    }
  }
  return sample;
}

function percentiles(values: Float64Array): readonly [number, number] {
  const sorted = values.slice().sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  return [at(0.025), at(0.975)];
}
