import assert from 'node:assert/strict';
import { decisionsText, type ProblemDecision } from '../../../src/engine/views/decisionsText';
import { notFollowed } from '../../../src/engine/decisions/notFollowed';
import { decision as drafted } from '../core/decisionSamples';
import { decision } from '../extension/problems';

const about = (problem: string, change: Partial<ProblemDecision> = {}): ProblemDecision => ({ ...decision('exclude', change), problem, title: null, ...change });

describe('the list of decisions', () => {
  it('puts what the trainer does not follow first, under the sentence that says why', () => {
    const lost = { state: 'unmatched', why: 'No such problem.' } as const;
    const text = decisionsText([about('a', { state: 'active', activeFromStep: 41 }), about('b', lost), about('c', { state: 'refused', why: 'Refused.' }), about('d', lost)]);
    assert.match(text, /^NOT FOUND BY THE TRAINER \(2\)\nNo such problem\.\nPROBLEM .*\nb +- +exclude +- .*\nd +- +exclude .*\n\nREFUSED BY THE TRAINER \(1\)\nRefused\.\nPROBLEM .*\nc .*\n\nACTIVE \(1\)\nPROBLEM .*\na +- +exclude +41 .*\n$/);
  });

  it('folds a long sentence, which an editor does not wrap above a table', () => {
    const why = Array.from({ length: 40 }, () => 'because').join(' ');
    const text = decisionsText([about('b', { state: 'refused', why })]);
    assert.ok(text.split('\n').every((line) => line.length <= 120), text);
    assert.equal([...text.matchAll(/because/gu)].length, 40);
  });

  it('shows beside the id how the text of the problem begins', () => {
    const text = decisionsText([about('a', { title: `What is ${'very '.repeat(40)}large?` }), about('b')]);
    assert.match(text, /^PROBLEM +TEXT +ACTION/m);
    assert.match(text, /^a +What is very [very ]+…  exclude /m);
    assert.match(text, /^b +- +exclude /m);
  });

  it('counts what nobody would read to its end', () => {
    const text = decisionsText(Array.from({ length: 350 }, (_, n) => about(`p${n}`)));
    assert.equal([...text.matchAll(/^p\d+ /gm)].length, 200);
    assert.match(text, /^… and 150 more; `cdas-lens decisions` lists them all$/m);
  });

  it('counts what later decisions replaced, and says when there is nothing', () => {
    assert.equal(decisionsText([about('a', { state: 'superseded' })]), '1 decision replaced by later ones or undone.\n');
    assert.equal(decisionsText([]), 'Nothing has been decided yet.\n');
  });

  it('shows what ids and reasons hide', () => {
    const hostile = 'a\u001b[31m\nb\u202ec';
    assert.doesNotMatch(decisionsText([about(hostile, { title: hostile, by: hostile, reason: hostile, at: hostile })]), /[\u001b\u202e]|\nb/);
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
