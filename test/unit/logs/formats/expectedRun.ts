import assert from 'node:assert/strict';
import path from 'node:path';
import { foldDecisions } from '../../../../src/core/decisionFold';
import { findFacts } from '../../../../src/engine/doctor/logFindings';
import type { ObservedRun } from '../../../../src/engine/observedRun';
import type { ProblemContext } from '../../../../src/engine/views/problemViews';
import { summariseRun } from '../../../../src/engine/views/runSummary';
import type { RunSummary } from '../../../../src/protocol/run';
import { fixtures, loadOnly, problemWith, readExpected, type ExpectedRun } from '../../engine/fixtureRuns';

/** The path of a committed run. */
export function fixtureRun(name: string): string {
  return path.join(fixtures, 'runs', name);
}

/** A run as lists show it. */
export function summaryOf(run: ObservedRun): RunSummary {
  return summariseRun(run, findFacts(run), Date.now());
}

/** A run without any decision about it, as the views of its problems take it. */
export function contextOf(run: ObservedRun): ProblemContext {
  return { run, facts: findFacts(run), curation: foldDecisions([], { step: null, now: '2026-01-01T00:00:00Z' }), standings: new Map() };
}

/** Every counting rollout of a step, in log order. */
export function rolloutsOf(run: ObservedRun, step: number): { reward: number | null; correct: boolean | null; scored: boolean; chars: number | null }[] {
  return run.files.rowsOf(step).flatMap(({ file: { table }, range }) =>
    Array.from({ length: range.end - range.start }, (_, i) => range.start + i).map((row) => ({
      reward: table.reward(row),
      correct: table.explicitCorrect(row),
      scored: table.isScored(row),
      chars: table.lengthChars(row),
    })),
  );
}

/** Holds a run to what its maker says is in it: groups with their counts in every step, record count, group size. */
export function assertHolds(run: ObservedRun, expected: ExpectedRun): void {
  assert.deepEqual(run.steps.map(({ step }) => String(step)), Object.keys(expected.steps));
  for (const { step, groups } of run.steps) {
    const wanted = expected.steps[String(step)]!;
    assert.equal(groups.length, Object.keys(wanted).length, `groups of step ${step}`);
    for (const [problem, { n, correct }] of Object.entries(wanted)) {
      const group = groups.find((candidate) => candidate.problem === problemWith(run, expected.questions[problem]!));
      assert.deepEqual([group?.n, group?.scored, group?.correct], [n, n, correct], `${problem} in step ${step}`);
    }
  }
  const summary = summaryOf(run);
  assert.equal(summary.rollouts, expected.recordCount);
  assert.equal(summary.groupSize, expected.groupSize);
}

/** Loads the run of a fixture and what it must hold. */
export async function loadExpected(name: string, options: Parameters<typeof loadOnly>[1] = {}): Promise<{ run: ObservedRun; expected: ExpectedRun }> {
  return { run: await loadOnly(fixtureRun(name), options), expected: readExpected(name) };
}
