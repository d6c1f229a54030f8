import assert from 'node:assert/strict';
import { annotationText, isFaint } from '../../../src/extension/annotations/annotationText';
import { decision, problem, visit } from './problems';

describe('annotationText', () => {
  it('shows difficulty, recent pass rates and visits', () => {
    assert.equal(annotationText(problem(), 3), 'D +0.31 · 0/8 2/8 5/8 · 3 visits');
  });

  it('shows as many recent visits as asked for, the newest last', () => {
    assert.equal(annotationText(problem(), 1), 'D +0.31 · 5/8 · 3 visits');
  });

  it('says that a problem was not sampled yet', () => {
    assert.equal(annotationText(problem({ visits: 0, difficulty: null, history: [] }), 3), 'not sampled yet');
  });

  it('leaves the difficulty out where the log supports none', () => {
    assert.equal(annotationText(problem({ difficulty: null, visits: 1, history: [visit(2, 0, 0)] }), 3), '0/8 · 1 visit');
  });

  it('says that an exclusion waits for the trainer', () => {
    const excluded = problem({ membership: 'exclude', decisions: [decision('exclude')] });
    assert.equal(annotationText(excluded, 3), 'D +0.31 · 0/8 2/8 5/8 · 3 visits · excluded, pending');
  });

  it('says from which step a pin is in force', () => {
    const pinned = problem({ membership: 'pin', decisions: [decision('pin', { state: 'active', activeFromStep: 41 })] });
    assert.match(annotationText(pinned, 3), / · pinned, active from step 41$/);
  });

  it('shows a pin and a new answer side by side', () => {
    const both = problem({
      membership: 'pin',
      relabelledTo: '8',
      decisions: [decision('relabel', { state: 'active', activeFromStep: 4 }), decision('pin')],
    });
    assert.match(annotationText(both, 3), / · pinned, pending · relabelled 8, active from step 4$/);
  });

  it('shows that a problem waits to be cleared', () => {
    assert.match(annotationText(problem({ decisions: [decision('clear')] }), 3), / · cleared, pending$/);
  });

  it('leaves out visits scored against a replaced answer', () => {
    const relabelled = problem({ visits: 1, history: [visit(2, 0, 0.4, false), visit(9, 5, -0.1)], difficulty: -0.1 });
    assert.equal(annotationText(relabelled, 3), 'D −0.10 · 5/8 · 1 visit');
  });

  it('keeps an answer with line breaks on the line', () => {
    const relabelled = problem({ relabelledTo: 'a\nb', decisions: [decision('relabel')] });
    assert.match(annotationText(relabelled, 3), /relabelled a b, pending$/);
  });
});

describe('isFaint', () => {
  it('fades what rests on fewer than two visits', () => {
    assert.equal(isFaint(problem({ visits: 1 })), true);
    assert.equal(isFaint(problem({ visits: 2 })), false);
  });
});
