import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { openRuns } from '../../../src/logs/discovery/discover';
import { findFacts } from '../../../src/engine/doctor/logFindings';
import { ObservedRun } from '../../../src/engine/observedRun';
import { loadRun } from '../../../src/engine/runLoading';
import { summariseRun, series } from '../../../src/engine/views/runSummary';
import type { SeriesPoint } from '../../../src/protocol/run';
import { group, lines, options, visible, type Rollout } from './liveLog';
import { temporaryDirectory } from '../temporaryDirectory';

function settle(run: ObservedRun): readonly SeriesPoint[] {
  while (run.advance(1 << 20, Date.now()).more);
  return series(run, findFacts(run));
}

describe('a run that goes on', () => {
  const directory = temporaryDirectory();
  const write = (step: number, ...groups: readonly (readonly Rollout[])[]): void => writeFileSync(path.join(directory.path(), `${step}.jsonl`), lines(step, groups.flat()));
  async function open(): Promise<ObservedRun> {
    const [source] = (await openRuns(directory.path())).runs;
    return new ObservedRun(source!, options);
  }

  it('shows a new step without being opened again', async () => {
    write(1, group(1, 2), group(2, 0));
    const run = await open();
    assert.equal(settle(run).length, 1);
    write(2, group(1, 4), group(3, 4));
    assert.deepEqual(settle(run).map(({ step, groups, rollouts, allPass, mixed, allFail }) => [step, groups, rollouts, allPass, mixed, allFail]), [
      [1, 2, 8, 0, 1, 1],
      [2, 2, 8, 2, 0, 0],
    ]);
  });

  it('leaves the steps before a new one, or before one that grows, as they were grouped', async () => {
    for (const step of [1, 2]) write(step, group(1, 2));
    const run = await open();
    settle(run);
    const [first, second] = run.steps;
    appendFileSync(path.join(directory.path(), '2.jsonl'), lines(2, group(2, 1)));
    write(3, group(3, 1));
    settle(run);
    assert.equal(run.steps[0], first);
    assert.notEqual(run.steps[1], second);
    assert.equal(run.steps.length, 3);
  });

  it('orders steps by number, not by name', async () => {
    for (const step of [1, 2, 10]) write(step, group(1, 2));
    assert.deepEqual(settle(await open()).map(({ step }) => step), [1, 2, 10]);
  });

  it('counts a step that was run again once, with its new rollouts, and rates what follows anew', async () => {
    write(1, group(1, 0));
    write(2, group(1, 4));
    const run = await open();
    settle(run);
    write(1, group(1, 4), group(2, 4));
    settle(run);
    const fresh = await open();
    settle(fresh);
    assert.deepEqual(visible(run), visible(fresh));
    assert.equal(summariseRun(run, findFacts(run), Date.now()).rollouts, 12);
  });

  it('forgets a step whose file is gone', async () => {
    write(1, group(1, 0));
    write(2, group(1, 4));
    const run = await open();
    settle(run);
    unlinkSync(path.join(directory.path(), '2.jsonl'));
    assert.deepEqual(settle(run).map(({ step }) => step), [1]);
  });

  it('reads a truncated file that is being filled again', async () => {
    write(1, group(1, 0));
    const run = await open();
    settle(run);
    writeFileSync(path.join(directory.path(), '1.jsonl'), '');
    assert.equal(settle(run).length, 0);
    appendFileSync(path.join(directory.path(), '1.jsonl'), lines(1, group(1, 4)));
    assert.deepEqual(settle(run).map(({ passRate }) => passRate), [1]);
  });

  it('judges all steps anew when a new reward changes what correct means', async () => {
    write(1, [{ problem: 1, score: 1 }, { problem: 1, score: 1 }]);
    const run = await open();
    assert.equal(settle(run)[0]!.passRate, 1);
    write(2, [{ problem: 1, score: 1 }, { problem: 1, score: 10 }]);
    assert.deepEqual(settle(run).map(({ passRate }) => passRate), [0, 0.5]);
    assert.match(run.rule.text, /score > 5.5/);
  });

  it('shows after any history of writing and looking what a fresh reading shows', async () => {
    const rollout = fc.record({ problem: fc.integer({ min: 1, max: 4 }), score: fc.constantFrom(0, 1) });
    const action = fc.record({ step: fc.integer({ min: 1, max: 5 }), rollouts: fc.array(rollout, { minLength: 1, maxLength: 8 }), append: fc.boolean(), look: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 10 }), async (actions) => {
        rmSync(directory.path(), { recursive: true });
        mkdirSync(directory.path());
        writeFileSync(path.join(directory.path(), '1.jsonl'), lines(1, [{ problem: 1, score: 1 }]));
        const run = await open();
        settle(run);
        for (const { step, rollouts, append, look } of actions) {
          const file = path.join(directory.path(), `${step}.jsonl`);
          if (append) appendFileSync(file, lines(step, rollouts));
          else writeFileSync(file, lines(step, rollouts));
          if (look) settle(run);
        }
        settle(run);
        const fresh = (await loadRun((await openRuns(directory.path())).runs[0]!, { options, dataset: null }))!;
        assert.deepEqual(visible(run), visible(fresh));
      }),
      { numRuns: 40 },
    );
  });

  it('shows the same however the rollouts of a step are ordered', async () => {
    const rollouts = [...group(1, 1), ...group(2, 3), ...group(3, 4)];
    write(1, rollouts);
    const run = await open();
    settle(run);
    write(1, [...rollouts].reverse());
    const reversed = await open();
    settle(reversed);
    assert.deepEqual(visible(reversed), visible(run));
  });

  it('refuses pass rates where uniform groups never reach the log', async () => {
    for (let step = 1; step <= 12; step++) write(step, ...Array.from({ length: 20 }, (_, i) => group(i, 1 + (i % 3))));
    const run = await open();
    const points = settle(run);
    const summary = summariseRun(run, findFacts(run), Date.now());
    assert.equal(summary.completeness, 'survivors');
    assert.ok(points.every(({ passRate, competence, allFail }) => passRate === null && competence === null && allFail === null));
    assert.match(summary.health.flags.join(), /survivors only/);
  });

  it('reads several launches of neutral rollouts and replaces what a later launch ran again', async () => {
    const row = (step: number, sample: number, reward: number | null): string =>
      `${JSON.stringify({ schema: 'cdas-rollout/1', step, problem_id: 'a', group_id: `${step}-a`, sample_index: sample, reward, prompt: 'Q', response: 'r' })}\n`;
    writeFileSync(path.join(directory.path(), 'rollouts-1.jsonl'), row(1, 0, 0) + row(1, 1, 0) + row(2, 0, 0) + row(2, 1, 0));
    writeFileSync(path.join(directory.path(), 'rollouts-2.jsonl'), row(2, 0, 1) + row(2, 1, null));
    writeFileSync(path.join(directory.path(), 'notes.jsonl'), '{"hello": "world"}\n');
    const run = await open();
    const points = settle(run);
    assert.equal(run.source.format.framework, 'neutral');
    assert.deepEqual(points.map(({ rollouts, passRate }) => [rollouts, passRate]), [[2, 0], [2, 1]]);
    assert.equal(summariseRun(run, findFacts(run), Date.now()).health.superseded, 2);
    assert.equal(run.registry.problems[0]!.id, 'a');
  });

  for (const kind of ['rollouts', 'groups'] as const) {
    it(`counts of a step in a log of ${kind} what the last launch trained, also where that were other problems`, async () => {
      const rows = (step: number, problem: string): string => {
        const row = { step, split: 'train', problem_id: problem };
        if (kind === 'groups') return `${JSON.stringify({ schema: 'cdas-groups/1', ...row, n: 2, correct: 1, reward_sum: 1, length_sum: 4 })}\n`;
        return [0, 1].map((sample) => `${JSON.stringify({ schema: 'cdas-rollout/1', ...row, group_id: `${step}-${problem}`, sample_index: sample, reward: sample, prompt: problem, response: 'r' })}\n`).join('');
      };
      const launch = (number: string, name: string): string => path.join(directory.path(), `${kind}-launch${number}-${name}.jsonl`);
      writeFileSync(launch('0010', 'a'), rows(2, 'c') + rows(3, 'd'));
      writeFileSync(launch('0009', 'b'), rows(1, 'a') + rows(2, 'b'));
      const run = await open();
      assert.deepEqual(settle(run).map(({ rollouts }) => rollouts), [2, 2, 2]);
      assert.equal(summariseRun(run, findFacts(run), Date.now()).health.superseded, 2);
      const step = (run.groupsOf(2)?.groups ?? []).map(({ problem }) => run.registry.at(problem)?.id);
      assert.deepEqual(step, ['c']);
    });
  }
});
