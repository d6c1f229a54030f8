import assert from 'node:assert/strict';
import { decisionLines, type ProblemDecision } from '../../../src/engine/decisionsText';
import { markdownStyle, plainStyle } from '../../../src/engine/doctorText';
import { notFollowed } from '../../../src/engine/notFollowed';
import { decision as drafted } from '../core/decisionSamples';
import { decision } from '../extension/problems';

const about = (problem: string, change: Partial<ProblemDecision> = {}): ProblemDecision => ({ ...decision('exclude', change), problem });

describe('the list of decisions', () => {
  it('puts what the trainer does not follow first, under the sentence that says why', () => {
    const lost = { state: 'unmatched', why: 'No such problem.' } as const;
    const lines = decisionLines([about('a', { state: 'active', activeFromStep: 41 }), about('b', lost), about('c', { state: 'refused', why: 'Refused.' }), about('d', lost)], plainStyle);
    const shown = lines.map((line) => line.replace(/ · by .*/, ''));
    assert.deepEqual(shown, [
      'NOT FOUND BY THE TRAINER (2)', '', 'No such problem.', '', '- exclude b', '- exclude d', '',
      'REFUSED BY THE TRAINER (1)', '', 'Refused.', '', '- exclude c', '',
      'ACTIVE (1)', '', '- exclude a · from step 41', '',
    ]);
  });

  it('counts what nobody would read to its end', () => {
    const lines = decisionLines(Array.from({ length: 350 }, (_, n) => about(`p${n}`)), plainStyle);
    assert.equal(lines.filter((line) => line.startsWith('- exclude')).length, 100);
    assert.ok(lines.includes('- and 250 more; cdas-lens decisions lists them all'));
  });

  it('counts what later decisions replaced, and says when there is nothing', () => {
    assert.deepEqual(decisionLines([about('a', { state: 'superseded' })], plainStyle), ['1 decision replaced by later ones or taken back.']);
    assert.deepEqual(decisionLines([], plainStyle), ['Nothing has been decided yet.']);
  });

  it('makes no link, picture or HTML of ids and reasons', () => {
    const hostile = '](command:evil) <img src=x> ` ![a](http://b)';
    const outside = decisionLines([about(hostile, { by: hostile, reason: hostile, at: hostile })], markdownStyle).join('\n').replace(/(`+) .*? \1(?!`)/g, '');
    assert.doesNotMatch(outside, /command:|<img|http:/);
  });
});

describe('what a trainer does not follow', () => {
  it('is counted by why, the most frequent first, with a few examples', () => {
    const standing = (problem: string, why: 'absent' | 'refused' | null): Parameters<typeof notFollowed>[0][number] => ({ decision: drafted(1, { action: 'exclude', problem }), state: 'unmatched', activeFromStep: null, why });
    const many = Array.from({ length: 200 }, (_, n) => standing(`p${n}`, 'absent'));
    const found = notFollowed([standing('x', null), standing('r', 'refused'), ...many]);
    assert.deepEqual(found.map(({ count, examples }) => [count, examples]), [[200, ['p0', 'p1', 'p2', 'p3', 'p4']], [1, ['r']]]);
  });
});
