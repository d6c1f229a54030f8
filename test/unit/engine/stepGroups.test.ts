import assert from 'node:assert/strict';
import fc from 'fast-check';
import { correctness, inferCorrectRule, maxDistinct, type CorrectRule } from '../../../src/core/correctRule';
import { RunEvidence } from '../../../src/engine/rating/rewardEvidence';
import { RunTotals } from '../../../src/engine/rating/runTotals';
import { StepGrouper } from '../../../src/engine/rating/stepGrouper';
import type { Group, StepGroups } from '../../../src/engine/rating/stepGroups';
import { supersededRows, type StepRows } from '../../../src/engine/reading/stepRows';
import { verlFormat } from '../../../src/logs/formats/verl';
import { LogFile } from '../../../src/logs/logFile';
import { PromptTable } from '../../../src/logs/columns/promptTable';

interface Row {
  readonly prompt: number;
  readonly reward: number | null;
  readonly explicitCorrect: boolean | null;
  readonly scored: boolean;
  readonly lengthChars: number | null;
  readonly rolloutKey: string | null;
}

const row = (rewards: fc.Arbitrary<number>): fc.Arbitrary<Row> =>
  fc.record({
    prompt: fc.nat(9),
    reward: fc.option(rewards, { freq: 6 }),
    explicitCorrect: fc.option(fc.boolean()),
    scored: fc.boolean(),
    lengthChars: fc.option(fc.nat(100)),
    rolloutKey: fc.option(fc.nat(5).map(String)),
  });
const verdicts = fc.constantFrom(0, 1);
const scores = fc.constantFrom(0, 0.25, 0.5, 0.75, 1, -1);
/** A step as the files of one launch have it. */
const step = fc.constantFrom(verdicts, scores).chain((rewards) => fc.array(fc.array(row(rewards), { maxLength: 12 }), { maxLength: 3 }));

const problemOf = (prompt: number): number => prompt % 7;

/** With more different rewards before them, in an earlier step, than a table has codes for, rows hold their rewards themselves. */
function rowsOf(parts: readonly (readonly Row[])[], earlierRewards = 0): readonly StepRows[] {
  return parts.flatMap((rows): StepRows[] => {
    const file = new LogFile('/nowhere/1.jsonl', 1, verlFormat, new PromptTable());
    const earlier = { explicitCorrect: null, scored: true, lengthChars: null, rolloutKey: null };
    for (let reward = 0; reward < earlierRewards; reward++) file.table.push({ reward: reward / 1000, ...earlier }, 0, 0, 0);
    for (const { prompt, ...values } of rows) file.table.push(values, 1, prompt, 0);
    return file.table.ranges.filter((range) => range.step === 1).map((range) => ({ file, range, launch: 0 }));
  });
}

/** The rows that count, by the plainest of means. */
function counting(parts: readonly (readonly Row[])[]): readonly Row[] {
  const all = parts.flat();
  return all.filter(({ rolloutKey }, at) => rolloutKey === null || !all.slice(at + 1).some((later) => later.rolloutKey === rolloutKey));
}

function expectedGroups(rows: readonly Row[], rule: CorrectRule): readonly Group[] {
  return [...new Set(rows.map(({ prompt }) => problemOf(prompt)))].map((problem) => {
    const own = rows.filter(({ prompt }) => problemOf(prompt) === problem);
    const judged = own.map(({ scored, reward, explicitCorrect }) => (scored ? correctness(rule, reward, explicitCorrect) : null)).filter((verdict) => verdict !== null);
    const rewards = own.filter(({ scored }) => scored).map(({ reward }) => reward).filter((reward) => reward !== null);
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    return { problem, n: own.length, scored: judged.length, correct: sum(judged), rewardSum: sum(rewards), rewarded: rewards.length };
  });
}

const rules: readonly CorrectRule[] = [
  { kind: 'threshold', text: '', threshold: 0.5, inclusive: true },
  { kind: 'explicit', text: '', fallback: { threshold: 0.5, inclusive: false } },
  { kind: 'explicit', text: '', fallback: null },
  { kind: 'soft', text: '', min: -1, max: 1 },
  { kind: 'none', text: '' },
];

function group(grouper: StepGrouper, parts: readonly (readonly Row[])[], rule: CorrectRule, earlierRewards = 0): StepGroups {
  const rows = rowsOf(parts, earlierRewards);
  return grouper.group(1, { rows, superseded: supersededRows(rows), replaced: 0 }, { rule, problemOf });
}

describe('the groups of a step', () => {
  it('hold what counting row by row gives, under any rule, step after step', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), fc.constantFrom(...rules), fc.constantFrom(0, 300), (steps, rule, earlierRewards) => {
        const grouper = new StepGrouper();
        for (const parts of steps) {
          const found = group(grouper, parts, rule, earlierRewards);
          const rows = counting(parts);
          assert.deepEqual(found.groups, expectedGroups(rows, rule));
          const lengths = rows.map(({ lengthChars }) => lengthChars).filter((length) => length !== null);
          const lengthSum = lengths.reduce((sum, length) => sum + length, 0);
          const { rollouts, superseded, replaced, lengthSum: sum, lengthCount } = found;
          assert.deepEqual({ rollouts, superseded, replaced, lengthSum: sum, lengthCount }, { rollouts: rows.length, superseded: parts.flat().length - rows.length, replaced: 0, lengthSum, lengthCount: lengths.length });
        }
      }),
    );
  });

  it('are counted by outcome', () => {
    fc.assert(
      fc.property(step, (parts) => {
        const found = group(new StepGrouper(), parts, rules[0]!);
        const groups = found.groups.filter(({ scored }) => scored > 0);
        const ofTwo = groups.filter(({ scored }) => scored > 1);
        assert.deepEqual(
          [found.scoredGroups, found.allPass, found.allFail, found.comparable],
          [groups.length, groups.filter(({ correct, scored }) => correct === scored).length, groups.filter(({ correct }) => correct === 0).length, ofTwo.length],
        );
        assert.equal(found.uniform, ofTwo.filter(({ correct, scored }) => correct === 0 || correct === scored).length);
      }),
    );
  });
});

describe('the evidence of a run’s rewards', () => {
  it('is that of all rows together, however its steps came and went', () => {
    const change = fc.record({ number: fc.nat(4), parts: step, earlierRewards: fc.constantFrom(0, 300) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const evidence = new RunEvidence();
        const known = new Map<number, readonly (readonly Row[])[]>();
        for (const { number, parts, earlierRewards } of changes) {
          known.set(number, parts);
          evidence.update(number, rowsOf(parts, earlierRewards));
          const steps = [...known].sort(([a], [b]) => a - b).map(([, rows]) => rows);
          assert.deepEqual(evidence.overall('acc'), expectedEvidence(steps.flatMap(counting)));
        }
      }),
    );
  });

  it('makes rows that go against the higher of two rewards misaligned, step by step', () => {
    const said = (reward: number, explicitCorrect: boolean): Row => ({ prompt: 0, reward, explicitCorrect, scored: true, lengthChars: null, rolloutKey: null });
    const evidence = new RunEvidence();
    evidence.update(1, rowsOf([[said(1, true), said(0, false)]]));
    evidence.update(2, rowsOf([[said(1, false), said(0, true), said(0, false)]]));
    assert.deepEqual(evidence.misaligned, [{ step: 2, rows: 2 }]);
  });
});

function expectedEvidence(rows: readonly Row[]): ReturnType<RunEvidence['overall']> {
  const scored = rows.filter((each) => each.scored && each.reward !== null);
  const rewards = scored.map(({ reward }) => reward ?? 0);
  const all = [...new Set(rewards)];
  const distinct = all.length > maxDistinct ? null : new Map(all.map((value) => [value, rewards.filter((reward) => reward === value).length]));
  const against = scored.filter(({ reward, explicitCorrect }) => explicitCorrect !== null && explicitCorrect !== (reward === Math.max(...all)));
  return {
    distinct,
    min: Math.min(...all),
    max: Math.max(...all),
    scored: scored.length,
    explicit: rows.filter(({ explicitCorrect }) => explicitCorrect !== null).length,
    explicitField: 'acc',
    contradictions: distinct?.size === 2 ? against.length : 0,
  };
}

describe('the totals of a run', () => {
  it('are the same after taking steps back and adding others as from the start', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), fc.array(step, { maxLength: 6 }), fc.nat(6), (first, second, back) => {
        const grouper = new StepGrouper();
        const grouped = (steps: typeof first): StepGroups[] => steps.map((parts) => group(grouper, parts, rules[0]!));
        const [before, after] = [grouped(first), grouped(second)];
        const kept = before.slice(0, back);
        const [changed, straight] = [new RunTotals(), new RunTotals()];
        before.forEach((each) => changed.appendStep(each));
        changed.rewindTo(back);
        after.forEach((each) => changed.appendStep(each));
        [...kept, ...after].forEach((each) => straight.appendStep(each));
        assert.deepEqual([changed.sums, changed.sizes, changed.seen], [straight.sums, straight.sizes, straight.seen]);
        for (const [size, count] of changed.sizes) assert.equal(count, [...kept, ...after].flatMap(({ groups }) => groups).filter(({ n }) => n === size).length);
        assert.deepEqual([...changed.seen], [...new Set([...kept, ...after].flatMap(({ groups }) => groups.map(({ problem }) => problem)))]);
      }),
    );
  });

  it('tell of each step which problems came for the first time', () => {
    const at = (prompt: number): Row => ({ prompt, reward: 1, explicitCorrect: null, scored: true, lengthChars: null, rolloutKey: null });
    const grouper = new StepGrouper();
    const totals = new RunTotals();
    assert.deepEqual(totals.appendStep(group(grouper, [[at(3), at(1)]], rules[0]!)), Int32Array.of(3, 1));
    assert.deepEqual(totals.appendStep(group(grouper, [[at(1), at(2)]], rules[0]!)), Int32Array.of(2));
  });
});

describe('the rule that a run’s evidence leads to', () => {
  it('is none before anything was read', () => {
    assert.equal(inferCorrectRule(new RunEvidence().overall(''), null, 'paper').kind, 'none');
  });
});
