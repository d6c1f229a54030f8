import assert from 'node:assert/strict';
import { defaultStrategy } from '../../../src/core/samplerStrategy';
import { explainLines, nextBatchText } from '../../../src/engine/batch/nextBatchText';
import { whyText } from '../../../src/protocol/choiceText';
import type { NextBatch } from '../../../src/protocol/nextBatch';
import { choiceReport } from '../extension/choices';

const why = (...change: Parameters<typeof choiceReport>): string => {
  const { choice, batch } = choiceReport(...change);
  return whyText(choice, batch);
};

describe('why a problem is chosen', () => {
  it('names its side, its rank and how many are taken', () => {
    assert.equal(why(), 'rank 12 of 400 on the harder side; the first 32 are chosen');
    assert.equal(why({ side: null }, { strategy: { ...defaultStrategy, name: 'mopps' } }), 'rank 12 of 400; the first 32 are chosen');
  });

  it('says how many problems share the rank', () => {
    assert.equal(why({ rank: 31, tied: 9 }), 'rank 31 of 400 on the harder side, 9 share it; the first 32 are chosen');
  });

  it('names a decision before any rank, and the warm-up where nothing is ranked yet', () => {
    assert.equal(why({ rule: 'pinned' }), 'pinned');
    assert.equal(why({ rule: 'excluded', chosen: false }), 'excluded');
    assert.equal(why({ rule: 'uniform', rank: null }, { uniform: true }), 'warm-up, a uniform pass over the dataset');
    assert.equal(why({ rule: 'uniform', rank: null }, { uniform: true, strategy: { ...defaultStrategy, name: 'random' } }), 'a uniform pass over the dataset');
  });

  it('gives the distance from competence and the cut-off of its side', () => {
    const text = explainLines(choiceReport({ chosen: false, rank: 40 })).join('\n');
    assert.match(text, /^Not chosen \(expected\): rank 40 of 400 on the harder side; the first 32 are chosen$/m);
    assert.match(text, /Difficulty \+0\.3140 against competence \+0\.1200: \|C − D\| = 0\.1940; the cut-off on its side is 0\.2100/);
  });
});

describe('the next batch in words', () => {
  const { choice, batch } = choiceReport();
  const whole: NextBatch = { ...batch, batch: [choice, { ...choice, problem: 'h:2', rule: 'pinned', rank: null, inCurrent: true }], removed: [{ ...choice, problem: 'h:3', chosen: false, inCurrent: true, rank: 40, tied: 3 }], asked: null };

  it('says how it was chosen and what changes', () => {
    const text = nextBatchText(whole);
    assert.match(text, /Strategy: cdas, mode paper, seed 1, draw 11/);
    assert.match(text, /Size: 64 of 900 problems available; 0 pinned, 0 excluded/);
    assert.match(text, /Harder side: 32 of 400, up to \|C − D\| = 0\.2100/);
    assert.match(text, /Against step 11: 40 new, 24 kept, 40 gone/);
    assert.match(text, /Competence: \+0\.1200; target pass rate 38 %/);
  });

  it('names the parameters of another strategy', () => {
    assert.match(nextBatchText({ ...whole, sides: null, strategy: { ...defaultStrategy, name: 'mopps', target: 0.4 } }), /Strategy: mopps, target 0\.4, seed 1/);
  });

  it('lists every problem with its place, and those that leave', () => {
    const text = nextBatchText(whole);
    assert.match(text, /^The next batch of demo: expected for step 12\n\nHOW IT IS CHOSEN\n/);
    assert.match(text, /^WHY IT IS ONLY EXPECTED\n- The trainer has not confirmed/m);
    assert.match(text, /^h:0123456789abcdef +harder 12 +\+0\.3140 +3 +29 % +new +What is 3 \+ 4\?$/m);
    assert.match(text, /^h:2 +pinned +\+0\.3140 +3 +29 % +kept/m);
    assert.match(text, /^NOT CHOSEN AGAIN: 1 PROBLEM\nPROBLEM .*\nh:3 +harder 40 \(3 alike\) .* gone/m);
  });

  it('asks for no reasons where it is exact', () => {
    const text = nextBatchText({ ...whole, exact: true, reasons: [] });
    assert.match(text, /exact for step 12/);
    assert.doesNotMatch(text, /EXPECTED/);
  });

  it('explains the problem that was asked about first', () => {
    assert.match(nextBatchText({ ...whole, asked: choice }), /WHY IT IS CHOSEN\n- Problem h:0123456789abcdef\n- What is 3 \+ 4\?\n- Chosen \(expected\): rank 12[^]*HOW IT IS CHOSEN/);
  });

  it('folds a long reason, which no editor wraps beside the table', () => {
    const reason = 'word '.repeat(60).trim();
    const lines = nextBatchText({ ...whole, reasons: [reason] }).split('\n').filter((line) => /^(- | {2})word/.test(line));
    assert.deepEqual(lines.map((line) => line.slice(2)).join(' '), reason);
    assert.ok(lines.length === 3 && lines.every((line) => line.length < 115));
  });

  it('shows what a log hides: control characters, new lines and marks that turn the reading order round', () => {
    const hostile = 'a\u001b[31m\nb\u202ec';
    const evil = { ...choice, problem: hostile, title: hostile };
    const text = nextBatchText({ ...whole, run: { id: 'r', name: hostile }, batch: [evil], removed: [evil], asked: evil });
    assert.doesNotMatch(text, /[\u001b\u202e]|\nb/);
  });
});
