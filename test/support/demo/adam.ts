/** The Adam optimiser (Kingma & Ba, arXiv 1412.6980) over one array of parameters. */
export class Adam {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  steps = 0;

  constructor(parameterCount: number) {
    this.mean = new Float64Array(parameterCount);
    this.variance = new Float64Array(parameterCount);
  }

  /** Moves the parameters against the gradient, first scaled down to a norm of `maxNorm`; returns the norm it had. */
  update(parameters: Float64Array, gradient: Float64Array, learningRate: number, maxNorm = 1): number {
    const norm = euclideanNorm(gradient);
    const scale = norm > maxNorm ? maxNorm / norm : 1;
    this.steps++;
    const meanBias = 1 - 0.9 ** this.steps;
    const varianceBias = 1 - 0.999 ** this.steps;
    for (let i = 0; i < parameters.length; i++) {
      const g = gradient[i]! * scale;
      const raw = 0.9 * this.mean[i]! + 0.1 * g;
      // Features that stop occurring would leave denormal numbers, which are very slow.
      const mean = (this.mean[i] = Math.abs(raw) < 1e-30 ? 0 : raw);
      const variance = (this.variance[i] = 0.999 * this.variance[i]! + 0.001 * g * g);
      parameters[i]! -= (learningRate * (mean / meanBias)) / (Math.sqrt(variance / varianceBias) + 1e-8);
    }
    return norm;
  }
}

function euclideanNorm(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum);
}
