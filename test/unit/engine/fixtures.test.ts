import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFacts } from '../../../src/engine/doctor/logFindings';
import { summariseRun } from '../../../src/engine/views/runSummary';
import { fixtures, loadOnly, problemWith, readExpected } from './fixtureRuns';

const dataset = path.join(fixtures, 'datasets/math8_verl.jsonl');
const temporary = mkdtempSync(path.join(tmpdir(), 'cdas-fixtures-'));
after(() => rmSync(temporary, { recursive: true }));

const bareNames = new Set(['verl_v09', 'cdas_official']);

/** Logs of these names have the bare question, and so has their dataset. */
function bareQuestions(questions: Readonly<Record<string, string>>): string {
  const file = path.join(temporary, 'questions.jsonl');
  writeFileSync(file, Object.values(questions).map((question) => `${JSON.stringify({ question })}\n`).join(''));
  return file;
}

for (const name of ['verl_v07', 'verl_v08_dapo_reward', 'verl_v09', 'cdas_official']) {
  describe(`the fixture ${name}`, () => {
    const expected = readExpected(name);
    const load = (options: Parameters<typeof loadOnly>[1] = {}): ReturnType<typeof loadOnly> => loadOnly(path.join(fixtures, 'runs', name), options);

    it('has every group with its counts in every step', async () => {
      const run = await load();
      assert.deepEqual(run.steps.map(({ step }) => String(step)), Object.keys(expected.steps));
      for (const { step, groups } of run.steps) {
        const wanted = expected.steps[String(step)]!;
        assert.equal(groups.length, Object.keys(wanted).length);
        for (const [problem, { n, correct }] of Object.entries(wanted)) {
          const group = groups.find((candidate) => candidate.problem === problemWith(run, expected.questions[problem]!));
          assert.deepEqual([group?.n, group?.correct], [n, correct], `${problem} in step ${step}`);
        }
      }
    });

    it('gives the abilities and difficulties of the authors’ rule over the known problems', async () => {
      const rows = bareNames.has(name) ? bareQuestions(expected.questions) : dataset;
      const run = await load({ mode: 'official-compat', dataset: rows });
      expected.cdas.abilities.slice(1).forEach((ability, i) => assert.ok(Math.abs(run.history.competenceAfter(i)! - ability) < 1e-12));
      for (const [problem, difficulties] of Object.entries(expected.cdas.difficulties)) {
        const own = run.history.entriesOf(problemWith(run, expected.questions[problem]!)).filter(({ kind }) => kind === 'visit');
        assert.equal(own.length, difficulties.length - 1);
        own.forEach((entry, i) => assert.ok(Math.abs(entry.difficultyAfter - difficulties[i + 1]!) < 1e-12, `${problem} visit ${i + 1}`));
      }
    });

    it('is summarised with its counts, group size and identities', async () => {
      const run = await load(bareNames.has(name) ? {} : { dataset });
      const summary = summariseRun(run, findFacts(run), Date.now());
      assert.equal(summary.rollouts, expected.recordCount);
      assert.equal(summary.groupSize, expected.groupSize);
      assert.equal(summary.problems, 8);
      assert.equal(summary.completeness, 'complete');
      const identity = { verl_v07: { matched: 8 }, verl_v08_dapo_reward: { explicit: 8 }, verl_v09: { unmatched: 8 }, cdas_official: { unmatched: 8 } }[name];
      assert.deepEqual(summary.identity, { explicit: 0, matched: 0, ambiguous: 0, unmatched: 0, ...identity });
    });
  });
}

describe('the default trainer of verl 0.9', () => {
  it('names groups and sequences, so that the last sequence of a rollout counts', async () => {
    const run = await loadOnly(path.join(fixtures, 'runs/verl_v09'));
    assert.deepEqual([run.source.variant, run.totals.sums.superseded], ['G3', 1]);
  });
});

describe('opening a run', () => {
  it('finds the training dump and its configuration from the run directory, and leaves the validation dump out', async () => {
    const run = await loadOnly(path.join(fixtures, 'runs/verl_v07'));
    assert.equal(run.source.name, 'qwen_gsm8k');
    assert.equal(run.source.logPath, path.join(fixtures, 'runs/verl_v07/rollouts'));
    assert.equal(run.source.path, path.join(fixtures, 'runs/verl_v07'));
    assert.equal(run.source.variant, 'G1');
  });

  it('finds the same run from the directory with the step files', async () => {
    const run = await loadOnly(path.join(fixtures, 'runs/verl_v07/rollouts'));
    assert.equal(run.source.name, 'qwen_gsm8k');
    assert.equal(run.source.config?.groupSize, 4);
  });
});
