import { Adam } from './adam';
import { activeFeatures, encodeContext, encodeQuestion, featureCount, tokensOfAnswer, vocabulary } from './encoding';
import { Policy } from './policy';
import { evaluate, problemKinds } from './problems';
import { integerBetween, randomStream } from './random';

const hidden = 96;
const examplesPerStep = 64;
const learningRate = 0.005;

/** A policy with all its parameters 0. */
export function emptyPolicy(): Policy {
  return new Policy({ features: featureCount, hidden, tokens: vocabulary.length });
}

/**
 * A short supervised start on problems of its own, as instruction tuning gives a language model: afterwards the policy
 * solves some kinds often, some now and then and some hardly ever.
 */
export function warmStart(seed: number, steps: number): Policy {
  const policy = emptyPolicy();
  policy.initialise(randomStream(seed, 'weights'), activeFeatures);
  const optimiser = new Adam(policy.parameters.length);
  const random = randomStream(seed, 'warmStart');
  for (let step = 0; step < steps; step++) {
    policy.gradient.fill(0);
    for (let i = 0; i < examplesPerStep; i++) {
      // The index lies inside the list.
      const expression = problemKinds[integerBetween(random, 0, problemKinds.length - 1)]!.draw(random);
      const question = encodeQuestion(expression);
      const tokens = tokensOfAnswer(evaluate(expression));
      const weight = 1 / (examplesPerStep * tokens.length);
      tokens.forEach((token, t) => policy.accumulateGradient(encodeContext(question, tokens.slice(0, t)), oneToken(token, weight)));
    }
    optimiser.update(policy.parameters, policy.gradient, learningRate);
  }
  return policy;
}

function oneToken(token: number, weight: number): Float64Array {
  const weights = new Float64Array(vocabulary.length);
  weights[token] = weight;
  return weights;
}
