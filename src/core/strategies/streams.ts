import { seededHash } from '../seededHash';

/** The number-th value of a stream, strictly between 0 and 1. */
export function uniform(stream: number, number: number): number {
  return (seededHash(stream, number) + 0.5) / 4294967296;
}

/** Reads the values of a stream from its beginning; the same in the Python package. */
export class Stream {
  private read = 0;

  constructor(private readonly stream: number) {}

  uniform(): number {
    return uniform(this.stream, this.read++);
  }

  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Marsaglia and Tsang (2000); shapes below 1 are raised by 1 and scaled back. */
  gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * Math.pow(this.uniform(), 1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const t = 1 + c * x;
      if (t <= 0) continue;
      const v = t * t * t;
      if (Math.log(this.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }

  beta(alpha: number, beta: number): number {
    const first = this.gamma(alpha);
    return first / (first + this.gamma(beta));
  }
}
