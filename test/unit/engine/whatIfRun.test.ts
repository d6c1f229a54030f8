import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CdasState } from '../../../src/core/cdas';
import type { ObservedRun } from '../../../src/engine/observedRun';
import { findFacts } from '../../../src/engine/doctor/logFindings';
import { candidateSteps, whatIfInRun } from '../../../src/engine/batch/whatIfRun';
import { temporaryDirectory } from '../temporaryDirectory';
import { fixtures, loadOnly } from './fixtureRuns';

const dataset = path.join(fixtures, 'datasets', 'math8_verl.jsonl');

/** What CDAS held before each step, folded here once more; `restart` is a problem that starts afresh at a step. */
function foldedAgain(run: ObservedRun, restart: { readonly problem: number; readonly step: number } | null = null): unknown {
  const state = new CdasState(run.mode);
  state.addProblems(run.registry.problems.length, true);
  return run.steps.map(({ step, groups }) => {
    const { competence } = state;
    if (restart?.step === step) state.restart(restart.problem);
    const before = groups.map(({ problem, correct, scored }) => ({ problem, correct, scored, difficulty: state.difficulty(problem) }));
    state.rateStep(groups.map(({ problem, correct, scored }) => ({ problem, passRate: correct / scored })));
    return { competence, groups: before };
  });
}

describe('what-if in a run', () => {
  const directory = temporaryDirectory();

  for (const mode of ['paper', 'official-compat'] as const) {
    it(`goes by the difficulties and the competence from before each step in ${mode} mode`, async () => {
      const run = await loadOnly(path.join(fixtures, 'runs', 'verl_v07'), { mode, dataset });
      assert.deepEqual(candidateSteps(run), foldedAgain(run));
    });
  }

  it('knows a relabelled problem as a fresh one from the step on at which that took effect', async () => {
    const run = await loadOnly(path.join(fixtures, 'runs', 'verl_v07'), { dataset });
    const [step, problem] = [run.steps[3]?.step ?? assert.fail(), run.steps[3]?.groups[0]?.problem ?? assert.fail()];
    run.applyCuration({ events: [{ step, problem: run.registry.problems[problem]?.id ?? '', kind: 'restart' }], relabelled: () => [] });
    assert.equal(candidateSteps(run)[3]?.groups[0]?.difficulty, 0);
    assert.deepEqual(candidateSteps(run), foldedAgain(run, { problem, step }));
  });

  it('goes by the difficulties of the dataset where a strategy does', async () => {
    const rows = readFileSync(dataset, 'utf8').trim().split('\n');
    const passRateBy = async (difficultyOf: (row: number) => number): Promise<number> => {
      const labelled = path.join(directory.path(), 'dataset.jsonl');
      // Each line is an object of the fixture.
      writeFileSync(labelled, rows.map((line, row) => `${JSON.stringify({ ...(JSON.parse(line) as object), difficulty: difficultyOf(row) })}\n`).join(''));
      const run = await loadOnly(path.join(fixtures, 'runs', 'verl_v07'), { dataset: labelled });
      const { figures } = whatIfInRun(run, findFacts(run), { strategy: 'static-curriculum', keep: 0.5, seed: 1 });
      return figures?.passRate.chosen.value ?? NaN;
    };
    assert.notEqual(await passRateBy((row) => row), await passRateBy((row) => -row));
  });

  it('refuses a run whose problems cannot be followed, with the reason of the log', async () => {
    const run = await loadOnly(path.join(fixtures, 'runs', 'verl_v07'));
    const facts = { ...findFacts(run), supportsDifficulty: false, refusals: ['The rows name no problem.'] };
    assert.throws(() => whatIfInRun(run, facts, { strategy: 'cdas', keep: 0.5, seed: 1 }), /The rows name no problem\./);
  });
});
