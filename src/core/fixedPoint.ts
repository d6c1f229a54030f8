import { sigmoid } from './cdas';

/** The difficulties and the competence at which CDAS comes to rest. */
export interface FixedPoint {
  readonly difficulty: Float64Array;
  readonly competence: number;
}

/** Solves d = sigma(c - d) - s for d in (-1, 1) by Newton's method; the map falls strictly, so there is one root. */
function restingDifficulty(competence: number, passRate: number, start = 0): number {
  let d = start;
  for (let i = 0; i < 100; i++) {
    const p = sigmoid(competence - d);
    const step = (d - p + passRate) / (1 + p * (1 - p));
    d -= step;
    if (Math.abs(step) < 1e-15) break;
  }
  return d;
}

/**
 * The fixed point for given pass rates (arXiv 2505.17652, eq. 10): D = sigma(C - D) - S and C = -mean D. Both maps
 * are contractions (the outer one by at most 1/5), iterated until competence moves less than `tolerance`.
 */
export function fixedPoint(passRates: ArrayLike<number>, tolerance = 1e-12): FixedPoint {
  const n = passRates.length;
  const difficulty = new Float64Array(n);
  let competence = 0;
  for (let round = 0; n > 0 && round < 200; round++) {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const d = restingDifficulty(competence, passRates[i] ?? 0, difficulty[i] ?? 0);
      difficulty[i] = d;
      sum += d;
    }
    const next = 0 - sum / n;
    const moved = Math.abs(next - competence);
    competence = next;
    if (moved < tolerance) break;
  }
  return { difficulty, competence };
}
