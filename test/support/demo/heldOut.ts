import { encodeQuestion } from './encoding';
import { heldOutProblems } from './hyperparameters';
import type { Policy } from './policy';
import { evaluate, problemKinds, questionText } from './problems';
import { randomStream } from './random';
import { sampleRollouts, scoreAnswer } from './rollout';

/** The pass rate on problems that the dataset does not hold, the same ones every time, one sample each. */
export function heldOutPassRate(policy: Policy, seed: number, training: readonly { readonly text: string }[]): number {
  const known = new Set(training.map((problem) => problem.text));
  const random = randomStream(seed, 'validation');
  const drawn = Array.from({ length: heldOutProblems }, (_, i) => problemKinds[i % problemKinds.length]!.draw(random));
  const unseen = drawn.filter((expression) => !known.has(questionText(expression)));
  const passed = unseen.filter((expression) => {
    const [rollout] = sampleRollouts(policy, encodeQuestion(expression), 1, random);
    return scoreAnswer(rollout?.answer ?? null, String(evaluate(expression))) === 1;
  });
  return passed.length / unseen.length;
}
