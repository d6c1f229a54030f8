import assert from 'node:assert/strict';
import { Policy } from '../../support/demo/policy';
import { randomStream } from '../../support/demo/random';

const context = [0, 3, 6];

function smallPolicy(): Policy {
  const policy = new Policy({ features: 8, hidden: 5, tokens: 4 });
  policy.initialise(randomStream(3, 'weights'), context.length);
  return policy;
}

function loss(policy: Policy, weights: Float64Array): number {
  const probabilities = policy.nextToken(context);
  return -weights.reduce((sum, weight, token) => sum + weight * Math.log(probabilities[token]!), 0);
}

describe('the demo policy', () => {
  it('gives probabilities that sum to 1', () => {
    const sum = smallPolicy().nextToken(context).reduce((total, p) => total + p, 0);
    assert.ok(Math.abs(sum - 1) < 1e-12);
  });

  for (const weights of [Float64Array.of(0, 0, 1, 0), Float64Array.of(0, 0.4, -0.7, 0.2)]) {
    it(`has the gradient of its loss that finite differences find, for the weights ${weights.join(', ')}`, () => {
      const policy = smallPolicy();
      policy.accumulateGradient(context, weights);
      const gradient = Float64Array.from(policy.gradient);
      const nudge = 1e-6;
      let largest = 0;
      for (let i = 0; i < policy.parameters.length; i++) {
        const value = policy.parameters[i]!;
        policy.parameters[i] = value + nudge;
        const above = loss(policy, weights);
        policy.parameters[i] = value - nudge;
        const below = loss(policy, weights);
        policy.parameters[i] = value;
        const measured = (above - below) / (2 * nudge);
        assert.ok(Math.abs(measured - gradient[i]!) < 1e-7, `parameter ${i}: ${gradient[i]!} instead of ${measured}`);
        largest = Math.max(largest, Math.abs(measured));
      }
      assert.ok(largest > 0.01, 'some parameter matters');
    });
  }

  it('sums gradients until they are cleared', () => {
    const policy = smallPolicy();
    policy.accumulateGradient(context, Float64Array.of(0, 1, 0, 0));
    const once = Float64Array.from(policy.gradient);
    policy.accumulateGradient(context, Float64Array.of(0, 1, 0, 0));
    policy.gradient.forEach((value, i) => assert.ok(Math.abs(value - 2 * once[i]!) < 1e-15));
  });
});
