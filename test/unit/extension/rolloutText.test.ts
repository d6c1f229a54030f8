import assert from 'node:assert/strict';
import { rolloutDocument } from '../../../src/extension/documents/rolloutText';
import type { GroupTexts } from '../../../src/protocol/rollouts';

const group: GroupTexts = {
  run: 'r',
  step: 41,
  problem: 'h:0123',
  prompt: 'What is 6 × 7?',
  groundTruth: '41',
  relabelledTo: '42',
  rollouts: [
    { reward: 1, correct: 1, response: 'It is 42.', omittedChars: 0 },
    { reward: 0, correct: 0, response: '[click](command:evil)', omittedChars: 3 },
    { reward: null, correct: null, response: '', omittedChars: 0 },
  ],
  total: 8,
  missing: null,
};

describe('the document with a group’s rollouts', () => {
  it('says what was judged, against which answer, and how much is shown', () => {
    const [head] = rolloutDocument(group).split('\n\n');
    assert.deepEqual(head!.split('\n'), [
      'Step 41 · 1 of 2 correct · problem h:0123',
      'Ground truth: 41',
      'Relabelled to: 42',
      '3 of 8 rollouts are shown.',
    ]);
  });

  it('gives every rollout its verdict and its text as it is', () => {
    const text = rolloutDocument(group);
    assert.match(text, /Rollout 1 of 3 · correct · reward 1 ─+\nIt is 42\.\n/);
    assert.match(text, /Rollout 2 of 3 · wrong · reward 0 ─+\n\[click\]\(command:evil\)\n… 3 more characters\n/);
    assert.match(text, /Rollout 3 of 3 · not scored · no reward/);
  });
});
