import assert from 'node:assert/strict';
import { problemHover } from '../../../src/extension/annotations/hoverText';
import { choiceReport } from './choices';
import { decision, problem, visit } from './problems';

describe('problemHover', () => {
  it('reads the difficulty against the competence', () => {
    assert.match(problemHover(problem()), /\*\*Difficulty \+0\.31\*\* · competence \+0\.12 · 0\.19 harder than that/);
  });

  it('says whether the next batch holds the problem, and why', () => {
    assert.match(problemHover(problem(), choiceReport()), /Next batch: \*\*yes\*\* \(expected\), rank 12 of 400 on the harder side; the first 32 are chosen/);
    assert.match(problemHover(problem(), choiceReport({ chosen: false, rank: 33 }, { exact: true })), /Next batch: \*\*no\*\*, rank 33 of 400/);
    assert.doesNotMatch(problemHover(problem()), /Next batch/);
  });

  it('says of a decision that the trainer does not follow why, and what to do', () => {
    const lost = decision('exclude', { state: 'unmatched', why: 'The trainer’s dataset does not contain this problem.' });
    assert.match(problemHover(problem({ decisions: [lost] })), /\*\*Excluded\*\*: not found by the trainer\. The trainer’s dataset does not contain this problem\. · by/);
    assert.match(problemHover(problem({ decisions: [decision('exclude', { state: 'refused' })] })), /\*\*Excluded\*\*: refused by the trainer · by/);
  });

  it('gives the pass rate with its interval', () => {
    assert.match(problemHover(problem()), /3 visits, last in step 9 · pass rate 29 % \(7 of 24 rollouts\), 95 % interval 15 % to 49 %/);
  });

  it('draws the trajectory from the first to the last step', () => {
    assert.match(problemHover(problem()), /Difficulty from step 2 to 9: `[▁▂▃▄▅▆▇█]{3}`/);
  });

  it('draws no trajectory of a single visit', () => {
    const text = problemHover(problem({ history: [visit(2, 0, 0.4)] }));
    assert.doesNotMatch(text, /Difficulty from/);
    assert.match(text, /\| 0\/8 \|/);
  });

  it('crosses out visits that count no more', () => {
    const text = problemHover(problem({ history: [visit(2, 0, 0.4, false), visit(9, 5, -0.1)] }));
    assert.match(text, /~~0\/8~~ \| 5\/8/);
  });

  it('shows the answer in force and the one it replaced', () => {
    assert.match(problemHover(problem({ relabelledTo: 8 })), /Ground truth: ` 8 `, was ` 7 `/);
  });

  it('keeps untrusted text inside code spans', () => {
    const hostile = '](command:evil) <img src=x> ` ![a](http://b)';
    const text = problemHover(
      problem({ id: hostile, groundTruth: hostile, decisions: [decision('exclude', { by: hostile, reason: hostile })], run: { id: 'r', name: hostile, lastStep: 1 } }),
    );
    const outside = text.replace(/(`+) .*? \1(?!`)/g, '');
    assert.doesNotMatch(outside, /command:|<img|http:/);
  });

  it('says that an unsampled problem counts with difficulty 0', () => {
    assert.match(problemHover(problem({ visits: 0, difficulty: null, passRate: null, history: [] })), /Not sampled yet/);
  });
});
