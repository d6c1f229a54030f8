import assert from 'node:assert/strict';
import { defaultStrategy } from '../../../src/core/samplerStrategy';
import { markdownStyle, plainStyle } from '../../../src/engine/doctorText';
import { explainLines, headLines, nextBatchLines } from '../../../src/engine/nextBatchText';
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
    const text = explainLines(choiceReport({ chosen: false, rank: 40 }), plainStyle).join('\n');
    assert.match(text, /Not chosen, as expected: rank 40 of 400 on the harder side; the first 32 are chosen\./);
    assert.match(text, /Difficulty \+0\.3140 against competence \+0\.1200: \|C − D\| = 0\.1940; the last one that is chosen on its side lies at 0\.2100/);
  });
});

describe('the next batch in words', () => {
  const { choice, batch } = choiceReport();
  const whole: NextBatch = { ...batch, batch: [choice, { ...choice, problem: 'h:2', rule: 'pinned', rank: null, inCurrent: true }], removed: [{ ...choice, problem: 'h:3', chosen: false, inCurrent: true, rank: 40, tied: 3 }] };

  it('says how it was chosen and what changes', () => {
    const text = headLines(batch).join('\n');
    assert.match(text, /Strategy: cdas, mode paper, seed 1, draw 11/);
    assert.match(text, /Size: 64 of 900 problems that can be chosen; 0 pinned, 0 excluded/);
    assert.match(text, /Harder side: 32 of 400, up to \|C − D\| = 0\.2100/);
    assert.match(text, /Against step 11: 40 new, 24 kept, 40 gone/);
  });

  it('names the parameters of another strategy', () => {
    assert.match(headLines({ ...batch, sides: null, strategy: { ...defaultStrategy, name: 'mopps', target: 0.4 } }).join('\n'), /Strategy: mopps, target 0\.4, seed 1/);
  });

  it('lists every problem with its place, and those that leave', () => {
    const text = nextBatchLines(whole, plainStyle).join('\n');
    assert.match(text, /^The next batch of demo: expected for step 12$/m);
    assert.match(text, /^WHY IT IS EXPECTED ONLY$/m);
    assert.match(text, /^- h:0123456789abcdef · harder 12 · D \+0\.3140 · 3 visits · new · What is 3 \+ 4\?$/m);
    assert.match(text, /^- h:2 · pinned · D \+0\.3140 · 3 visits · kept/m);
    assert.match(text, /^NOT CHOSEN AGAIN: 1 PROBLEM\n\n- h:3 · harder 40 \(3 alike\)/m);
  });

  it('asks for no reasons where it is exact', () => {
    const text = nextBatchLines({ ...whole, exact: true, reasons: [] }, plainStyle).join('\n');
    assert.match(text, /exact for step 12/);
    assert.doesNotMatch(text, /EXPECTED/);
  });

  it('makes no link, picture or HTML of what a log says', () => {
    const hostile = '](command:evil) <img src=x> ` ![a](http://b)';
    const evil = { ...choice, problem: hostile, title: hostile };
    const lines = nextBatchLines({ ...whole, run: { id: 'r', name: hostile }, batch: [evil], removed: [evil] }, markdownStyle, { choice: evil, batch });
    const outside = lines.join('\n').replace(/(`+) .*? \1(?!`)/g, '');
    assert.doesNotMatch(outside, /command:|<img|http:/);
  });
});
