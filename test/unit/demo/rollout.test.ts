import assert from 'node:assert/strict';
import { answerOfTokens, endToken, maxTokens, tokensOfAnswer } from '../../support/demo/encoding';
import { evaluate, parseQuestion, problemKinds, questionText } from '../../support/demo/problems';
import { randomStream } from '../../support/demo/random';
import { renderRollout, scoreAnswer } from '../../support/demo/rollout';

describe('an answer of the demo policy', () => {
  for (const answer of [0, 7, -5, 85, -99, 891, 1998]) {
    it(`spells ${answer} with the tokens of ${answer}`, () => {
      assert.equal(answerOfTokens(tokensOfAnswer(answer)), String(answer));
    });
  }

  it('shows the sampled tokens as work and boxes the answer', () => {
    const text = renderRollout({ tokens: tokensOfAnswer(-85), answer: '-85', entropy: 0 });
    assert.equal(text, 'From the right:\nones: 5\ntens: 8\nsign: -\nThe answer is \\boxed{-85}.');
  });

  it('has no box and no score when it was cut off', () => {
    const tokens = Array<number>(maxTokens).fill(1);
    const answer = answerOfTokens(tokens);
    assert.equal(answer, null);
    assert.ok(!renderRollout({ tokens, answer, entropy: 0 }).includes('boxed'));
    assert.equal(scoreAnswer(answer, '111111'), 0);
  });

  it('scores an empty answer as wrong', () => {
    assert.equal(scoreAnswer(answerOfTokens([endToken]), '0'), 0);
  });

  it('is scored against a ground truth that is a number or a text', () => {
    assert.equal(scoreAnswer('14', 14), 1);
    assert.equal(scoreAnswer('14', ' 14 '), 1);
    assert.equal(scoreAnswer('14', '15'), 0);
    assert.equal(scoreAnswer('14', { value: 14 }), 0);
  });

  it('can be right for every kind of problem: the true answer fits the length limit', () => {
    const random = randomStream(5, 'problems');
    for (const kind of problemKinds) {
      for (let i = 0; i < 200; i++) assert.ok(tokensOfAnswer(evaluate(kind.draw(random))).length <= maxTokens, kind.name);
    }
  });

  it('reads back the expression that a question was made from', () => {
    const random = randomStream(6, 'problems');
    for (const kind of problemKinds) {
      const expression = kind.draw(random);
      assert.deepEqual(parseQuestion(questionText(expression)), expression);
    }
  });
});
