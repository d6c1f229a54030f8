import { readFileSync } from 'node:fs';
import type { ProblemPassRate } from '../../../src/core/cdas';

/** One case of the vector file: a log and what the authors' class and the paper's equations make of it. */
export interface CdasVector {
  readonly problems: readonly string[];
  readonly group: number;
  readonly log: readonly { readonly step: number; readonly results: readonly (readonly [string, number])[] }[];
  readonly official: {
    readonly model_abilities: readonly number[];
    readonly problem_difficulties: Readonly<Record<string, readonly number[]>>;
    readonly selection_before_each_step: readonly (readonly string[])[];
    readonly selection_after: readonly string[];
  };
  readonly paper: {
    readonly competence: readonly number[];
    readonly difficulty: Readonly<Record<string, number>>;
    readonly sampled: Readonly<Record<string, number>>;
  };
}

export function readCdasVectors(): readonly CdasVector[] {
  const file = new URL('../../fixtures/vectors/cdas.json', import.meta.url);
  // The file is a fixture of this repository; its shape is the interface above.
  return (JSON.parse(readFileSync(file, 'utf8')) as { cases: CdasVector[] }).cases;
}

/** The pass rates of one logged step, by the index of the problem in the case's list. */
export function passRates(vector: CdasVector, results: readonly (readonly [string, number])[]): ProblemPassRate[] {
  const tally = new Map<string, { n: number; correct: number }>();
  for (const [problem, correct] of results) {
    const entry = tally.get(problem) ?? { n: 0, correct: 0 };
    tally.set(problem, { n: entry.n + 1, correct: entry.correct + correct });
  }
  return [...tally].map(([problem, { n, correct }]) => ({ problem: vector.problems.indexOf(problem), passRate: correct / n }));
}
