import assert from 'node:assert/strict';
import { groupCount, runDescription, runTooltip, statusBarText, stepDescription, stepTooltip } from '../../../src/extension/runs/runText';
import { recomputeText } from '../../../src/extension/recomputeText';
import { point, run } from './runs';

describe('The texts of a run', () => {
  it('say the last step and its age, the problems and the status', () => {
    assert.equal(runDescription(run(), 112_000), 'step 41, 12 s ago · 300 problems · live');
  });

  it('say that a log holds survivors only', () => {
    assert.match(runDescription(run({ completeness: 'survivors' }), 0), /survivors only$/);
  });

  it('say how far the first read is', () => {
    assert.equal(runDescription(run({ loaded: false, progress: 0.42 }), 0), 'reading, 42 %');
  });

  it('say that the figures are being rated again', () => {
    assert.match(runDescription(run({ rating: true }), 0), /being rated again$/);
  });

  it('tell framework, group size, the rule for correct, identity and bad lines', () => {
    const text = runTooltip(run());
    for (const part of [/verl/, /Group size: 8/, /score is 1/, /Problems: 299 matched to the dataset, 1 ambiguous$/m, /- 2 bad lines$/m, /41 steps, 3\u202f280 rollouts, 300 problems; complete/]) assert.match(text, part);
  });

  it('say what competence is the mean of, and how many problems count without a visit', () => {
    const of = (basis: 'dataset' | 'seen', count: number): string => runTooltip(run({ countedProblems: { basis, count } }));
    assert.match(of('dataset', 300), /mean difficulty of all problems of the dataset \(300\)$/m);
    assert.match(of('dataset', 2000), /all problems of the dataset \(2\u202f000\); those not sampled yet, 1\u202f700, count as 0$/m);
    assert.match(of('seen', 300), /the problems seen so far \(300\)$/m);
  });

  it('show what the engine found, as text', () => {
    const text = runTooltip(run({ health: { ...run().health, flags: ['[click](command:evil)'] } }));
    assert.match(text, /- ` \[click\]\(command:evil\) `/);
  });

  it('say where only polling finds changes, and why', () => {
    const polling = 'Changes are found by polling every 1 s: /mnt (nfs4) is a network drive.';
    assert.ok(runTooltip(run({ polling })).includes(polling));
    assert.doesNotMatch(runTooltip(run()), /polling/);
  });

  it('fit into the status bar', () => {
    assert.equal(statusBarText(run()), 'step 41 · C +0.12 · zero-gradient 40 %');
  });

  it('say in the status bar that nothing has been read, and why no figure stands there', () => {
    const empty = { latest: null, steps: 0, lastStep: null };
    assert.equal(statusBarText(run(empty)), 'no steps yet');
    assert.equal(statusBarText(run({ ...empty, loaded: false, progress: 0.5 })), 'reading, 50 %');
    const survivors = { ...point, competence: null, allPass: null, mixed: null, allFail: null };
    assert.equal(statusBarText(run({ latest: survivors, completeness: 'survivors' })), 'step 41 · survivors only');
  });

  it('say of a run whose rollouts cannot be read where it is and what to do, and give no figures', () => {
    const silent = run({ latest: null, steps: 0, lastStep: null, health: { ...run().health, flags: ['Switch it on.'] } });
    assert.equal(runDescription(silent, 0), 'no rollouts to read');
    assert.equal(statusBarText(silent), 'no rollouts to read');
    const text = runTooltip(silent);
    assert.match(text, /Switch it on\./);
    assert.doesNotMatch(text, /Competence|Group size|Correct|completeness/);
  });
});

describe('The texts of steps and groups', () => {
  it('give pass rate, zero-gradient share and groups', () => {
    assert.equal(stepDescription(point), '38 % pass · 40 % zero-gradient · 10 groups');
  });

  it('say in a tooltip what the figures of a step are', () => {
    const text = stepTooltip({ ...point, groups: 1, rollouts: 1, allPass: 1, mixed: 0, allFail: 0 });
    assert.match(text, /- 1 group, 1 rollout\n/);
    assert.match(text, /Zero-gradient 100 %: 1 group all pass and 0 all fail, 0 mixed/);
    assert.match(text, /Target pass rate 38 %: expected when sampling at this competence/);
  });

  it('give correct of scored rollouts', () => {
    const group = { step: 1, problem: 'h:1', title: 't', n: 8, scored: 8, correct: 5, rewardMean: 0.6, membership: 'normal' as const };
    assert.equal(groupCount(group), '5/8');
    assert.equal(groupCount({ ...group, scored: 6 }), '5/6 (2 not scored)');
    assert.equal(groupCount({ ...group, scored: 0, correct: 0 }), 'not scored');
  });
});

describe('recomputeText', () => {
  const report = {
    run: 'r', mode: 'paper' as const, correctRule: 'score is 1', steps: 41, problems: 300, changed: 12, largestChange: 0.0312,
    competenceBefore: 0.11, competenceAfter: 0.12, readMs: 1234,
  };

  it('says what changed', () => {
    assert.equal(
      recomputeText(report),
      'Rated 41 steps with 300 problems again in 1.2 s (mode paper). 12 difficulties changed, by at most 0.031. Competence +0.12, before +0.11. Correct: score is 1.',
    );
  });

  it('says that nothing changed', () => {
    assert.match(recomputeText({ ...report, changed: 0, largestChange: 0 }), /Nothing changed\./);
    assert.match(recomputeText({ ...report, steps: 0, changed: 0, largestChange: 0 }), /^No rollout could be read/);
  });
});
