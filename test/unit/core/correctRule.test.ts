import assert from 'node:assert/strict';
import fc from 'fast-check';
import { correctness, inferCorrectRule, maxDistinct, type CorrectRule, type RewardEvidence } from '../../../src/core/correctRule';

/** What rewards look like, as they are gathered over a run. */
function evidenceOf(rewards: readonly number[], more: Partial<RewardEvidence> = {}): RewardEvidence {
  const distinct = new Map<number, number>();
  for (const reward of rewards) distinct.set(reward, (distinct.get(reward) ?? 0) + 1);
  return {
    distinct: distinct.size > maxDistinct ? null : distinct,
    min: Math.min(...rewards),
    max: Math.max(...rewards),
    scored: rewards.length,
    ...{ explicit: 0, contradictions: 0, explicitField: '' },
    ...more,
  };
}

function judged(rewards: readonly number[], rule: CorrectRule): (number | null)[] {
  return rewards.map((reward) => correctness(rule, reward, null));
}

function inferred(rewards: readonly number[], mode: 'paper' | 'official-compat' = 'paper'): (number | null)[] {
  return judged(rewards, inferCorrectRule(evidenceOf(rewards), null, mode));
}

describe('what counts as a correct rollout', () => {
  it('is the higher of two rewards that look like verdicts', () => {
    assert.deepEqual(inferred([0, 1, 0]), [0, 1, 0]);
    assert.deepEqual(inferred([-1, 1]), [0, 1]);
    assert.deepEqual(inferred([-0.5, 0.5]), [0, 1]);
    assert.deepEqual(inferred([0.1, 1]), [0, 1]);
  });

  it('is not read off two scores of a reward model', () => {
    assert.equal(inferCorrectRule(evidenceOf([0.3, 0.71]), null, 'paper').kind, 'soft');
  });

  it('goes by convention where all rewards are 0 or all are 1, and is soft where they are all something else', () => {
    assert.deepEqual([inferred([0, 0]), inferred([1, 1]), inferred([7, 7])], [[0, 0], [1, 1], [0.5, 0.5]]);
  });

  it('scales other rewards from the least to the greatest and asks for a threshold', () => {
    const rewards = [0, 0.25, 0.5, 2];
    const rule = inferCorrectRule(evidenceOf(rewards), null, 'paper');
    assert.match(rule.text, /scaled from 0 to 2; set a threshold/);
    assert.deepEqual(judged(rewards, rule), [0, 0.125, 0.25, 1]);
  });

  it('is a reward of at least the threshold, where somebody set one', () => {
    const rewards = [0, 0.49, 0.5, 1];
    assert.deepEqual(judged(rewards, inferCorrectRule(evidenceOf(rewards), 0.5, 'paper')), [0, 0, 1, 1]);
    assert.deepEqual(judged(rewards, inferCorrectRule(evidenceOf(rewards), 0.5, 'official-compat')), [0, 0, 1, 1]);
  });

  it('is a reward of exactly 1 in official-compat mode, if there is one', () => {
    assert.deepEqual(inferred([0, 0.5, 1], 'official-compat'), [0, 0, 1]);
    assert.deepEqual(inferred([0, 0.2, 0.5, 0.9, 1], 'official-compat'), [0, 0, 0, 0, 1]);
    assert.deepEqual(inferred([-1, 2], 'official-compat'), [0, 1]);
  });

  it('is what the rows say themselves, whatever the reward and the threshold, which is for rows that do not', () => {
    const evidence = evidenceOf([0.2, 0.9], { explicit: 2, explicitField: 'acc' });
    const rule = inferCorrectRule(evidence, 0.5, 'paper');
    assert.match(rule.text, /own field “acc”; in rows without it score ≥ 0\.5, as set$/);
    assert.deepEqual([correctness(rule, 0.2, true), correctness(rule, 0.9, false), correctness(rule, null, true)], [1, 0, 1]);
    assert.deepEqual([correctness(rule, 0.5, null), correctness(rule, 0.4, null), correctness(rule, null, null)], [1, 0, null]);
  });

  it('falls back to the higher of two rewards in rows that do not say it, and to nothing where there are more', () => {
    const two = inferCorrectRule(evidenceOf([0, 1, 1, 0], { explicit: 3, explicitField: 'acc' }), null, 'paper');
    assert.deepEqual([correctness(two, 1, null), correctness(two, 0, null)], [1, 0]);
    const more = inferCorrectRule(evidenceOf([0, 0.3, 1], { explicit: 3, explicitField: 'acc' }), null, 'paper');
    assert.equal(correctness(more, 1, null), null);
  });

  it('does not trust a field that contradicts the reward in more than one rollout of a hundred, or that few rows have', () => {
    const rewards = Array.from({ length: 200 }, (_, i) => i % 2);
    const kindOf = (more: Partial<RewardEvidence>): string => inferCorrectRule(evidenceOf(rewards, { explicitField: 'acc', ...more }), null, 'paper').kind;
    assert.deepEqual([kindOf({ explicit: 200, contradictions: 2 }), kindOf({ explicit: 200, contradictions: 3 })], ['explicit', 'threshold']);
    assert.deepEqual([kindOf({ explicit: 100 }), kindOf({ explicit: 99 })], ['explicit', 'threshold']);
  });

  it('is unknown without any reward, and of a rollout that has none', () => {
    assert.equal(inferCorrectRule(evidenceOf([]), 0.5, 'paper').kind, 'none');
    for (const rewards of [[0, 1], [0.3, 0.7, 0.71, 0.9]]) assert.equal(correctness(inferCorrectRule(evidenceOf(rewards), null, 'paper'), null, null), null);
  });

  it('never falls as the reward rises, and lies within 0 and 1', () => {
    const threshold = fc.option(fc.double({ min: -5, max: 5, noNaN: true }));
    const rewards = fc.array(fc.oneof(fc.constantFrom(-1, 0, 0.5, 1), fc.double({ min: -5, max: 5, noNaN: true })), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(rewards, threshold, (unordered, limit) => {
        const ordered = unordered.toSorted((a, b) => a - b);
        const verdicts = judged(ordered, inferCorrectRule(evidenceOf(ordered), limit, 'paper'));
        verdicts.forEach((verdict, at) => assert.ok(verdict !== null && verdict >= 0 && verdict <= 1 && verdict >= (verdicts[at - 1] ?? 0)));
      }),
    );
  });
});
