import { countBefore } from '../../core/ordered';

// Steps further apart than this many typical distances have something missing between them.
const holeFactor = 1.5;

/** The part of the step axis that a shown step stands for. */
export interface ColumnSpan {
  readonly from: number;
  readonly to: number;
}

/**
 * The span of each ascending step: halfway to its neighbours. When every step is shown, a wide distance is a hole in
 * the log and no span reaches across it; among `decimated` steps it is not, and the spans touch.
 */
export function columnSpans(steps: readonly number[], decimated: boolean): readonly ColumnSpan[] {
  const typical = typicalDistance(steps);
  const reach = decimated ? Number.POSITIVE_INFINITY : typical * holeFactor / 2;
  return steps.map((step, index) => {
    const before = halfDistance(steps[index - 1], step, typical);
    const after = halfDistance(step, steps[index + 1], typical);
    return { from: step - Math.min(before, reach), to: step + Math.min(after, reach) };
  });
}

/** The points of a line over steps, with a null where the log has a hole, so that nothing is drawn across it. */
export function linePoints(
  steps: readonly number[],
  values: readonly (number | null)[],
  decimated: boolean,
): { readonly x: readonly number[]; readonly y: readonly (number | null)[] } {
  const reach = decimated ? Number.POSITIVE_INFINITY : typicalDistance(steps) * holeFactor;
  const x: number[] = [];
  const y: (number | null)[] = [];
  steps.forEach((step, index) => {
    const before = steps[index - 1] ?? step;
    if (step - before > reach) {
      x.push((before + step) / 2);
      y.push(null);
    }
    x.push(step);
    y.push(values[index] ?? null);
  });
  return { x, y };
}

/** The median distance of ascending steps; 1 where there are fewer than two. */
function typicalDistance(steps: readonly number[]): number {
  const distances = steps.slice(1).map((step, index) => step - (steps[index] ?? step));
  distances.sort((a, b) => a - b);
  return distances[distances.length >> 1] ?? 1;
}

/** The index of the ascending step nearest to `at`, or null where there is none. */
export function nearestStep(steps: readonly number[], at: number): number | null {
  if (steps.length === 0) return null;
  const index = countBefore(steps.length - 1, (place) => (steps[place] ?? 0) < at);
  const before = steps[index - 1];
  const here = steps[index] ?? at;
  return before !== undefined && at - before <= here - at ? index - 1 : index;
}

function halfDistance(from: number | undefined, to: number | undefined, typical: number): number {
  return from === undefined || to === undefined ? typical / 2 : (to - from) / 2;
}
