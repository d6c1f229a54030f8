import assert from 'node:assert/strict';
import { Adam } from '../../support/demo/adam';
import { encodeContext, encodeQuestion, tokensOfAnswer } from '../../support/demo/encoding';
import { groupAdvantages, updatePolicy, type ScoredGroup } from '../../support/demo/grpo';
import { parseQuestion } from '../../support/demo/problems';
import { warmStart } from '../../support/demo/warmStart';

const question = encodeQuestion(parseQuestion('What is 3 + 4?')!);

function group(scores: readonly number[]): ScoredGroup {
  const rollouts = scores.map((score) => ({ tokens: tokensOfAnswer(score === 1 ? 7 : 5), answer: null, entropy: 0 }));
  return { question, rollouts, scores };
}

describe('a GRPO update', () => {
  it('gives advantages of mean 0 and variance 1 inside a group', () => {
    const advantages = groupAdvantages([1, 0, 0, 0]);
    assert.ok(Math.abs(advantages.reduce((sum, a) => sum + a, 0)) < 1e-9);
    assert.ok(Math.abs(advantages.reduce((sum, a) => sum + a * a, 0) / 4 - 1) < 1e-4);
  });

  it('gives no advantage where all rollouts score alike', () => {
    assert.deepEqual(groupAdvantages([1, 1, 1, 1]), [0, 0, 0, 0]);
  });

  it('makes the answer that scored more likely', () => {
    const policy = warmStart(1, 0);
    const chance = (): number => policy.nextToken(encodeContext(question, []))[7]!;
    const before = chance();
    updatePolicy(policy, new Adam(policy.parameters.length), [group([1, 0, 0, 0])], 0.001);
    assert.ok(chance() > before);
  });

  it('leaves the policy alone when no group has spread', () => {
    const policy = warmStart(1, 0);
    const before = Float64Array.from(policy.parameters);
    const { gradientNorm } = updatePolicy(policy, new Adam(policy.parameters.length), [group([1, 1]), group([0, 0])], 0.001);
    assert.equal(gradientNorm, 0);
    assert.deepEqual(policy.parameters, before);
  });
});
