import assert from 'node:assert/strict';
import { isDataset, lineKind } from '../../../src/extension/annotations/datasetDetection';

const row = JSON.stringify({ prompt: [{ role: 'user', content: 'What is 3 + 4?' }], reward_model: { ground_truth: '7' } });
const rollout = JSON.stringify({ input: 'user\n3 + 4?', output: '7', gts: '7', score: 1, step: 3 });

describe('lineKind', () => {
  it('knows a verl row, a question with an answer and a problem with a solution', () => {
    const rows = [row, '{"question":"3+4?","answer":"7"}', '{"problem":"3+4?","solution":"7"}', '{"prompt":"3+4?","ground_truth":7}'];
    assert.deepEqual(rows.map(lineKind), ['dataset', 'dataset', 'dataset', 'dataset']);
  });

  it('takes no rollout for a dataset row', () => {
    const rollouts = [rollout, '{"prompt":"3+4?","answer":"7","response":"8"}', '{"prompt":"3+4?","answer":"7","score":0}'];
    assert.deepEqual(rollouts.map(lineKind), ['other', 'other', 'other']);
  });

  it('takes neither a decision nor a row without an answer for a dataset row', () => {
    assert.equal(lineKind('{"schema":"cdas-decision/1","problem":"h:1","answer":"7"}'), 'other');
    assert.equal(lineKind('{"prompt":"3+4?"}'), 'other');
  });

  it('survives what is no object', () => {
    assert.deepEqual(['[1]', 'null', '{"prompt":', '42', ''].map(lineKind), ['other', 'other', 'other', 'other', 'blank']);
  });
});

describe('isDataset', () => {
  it('accepts a file with blank lines and one damaged row', () => {
    assert.equal(isDataset(['', '{"prompt": "cut', row, row, '']), true);
  });

  it('refuses rollouts, pretty-printed JSON and an empty file', () => {
    assert.equal(isDataset([rollout, rollout]), false);
    assert.equal(isDataset(['[', ' {', '  "prompt": "a",', '  "answer": "b"', ' }']), false);
    assert.equal(isDataset([]), false);
  });
});
