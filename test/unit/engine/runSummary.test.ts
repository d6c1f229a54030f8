import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { dashboardState } from '../../../src/engine/views/dashboardView';
import { findFacts } from '../../../src/engine/doctor/logFindings';
import { newestSteps, series } from '../../../src/engine/views/runSummary';
import { temporaryDirectory } from '../temporaryDirectory';
import { contextOf } from '../logs/formats/expectedRun';
import { fixtures, loadOnly } from './fixtureRuns';

describe('the steps of a run as views show them', () => {
  it('come page by page, newest first, each once', async () => {
    const run = await loadOnly(path.join(fixtures, 'runs/verl_v07'));
    const facts = findFacts(run);
    const all = series(run, facts).toReversed();
    assert.ok(all.length > 2);
    const pages = [0, 1, 2].map((offset) => newestSteps(run, facts, { offset, limit: offset === 2 ? 1000 : 1 }));
    assert.deepEqual(pages.flat(), all);
    assert.deepEqual(newestSteps(run, facts, { offset: all.length, limit: 2 }), []);
  });

  it('stand on the dashboard with the newest one in the heat map, however narrow', async () => {
    const run = await loadOnly(path.join(fixtures, 'runs/verl_v07'));
    const curation = { directory: '', decisions: 0, pinned: 0, excluded: 0, relabelled: 0, pending: 0, followed: 0, notFollowed: [], warnings: [], lastReceipt: null };
    const points = series(run, findFacts(run));
    const { heatmap, series: shown } = dashboardState(contextOf(run), curation, { widthPx: 1 });
    assert.equal(heatmap.steps.at(-1), points.at(-1)?.step);
    assert.equal(heatmap.competence.at(-1), points.at(-1)?.competence);
    assert.deepEqual(shown.passRate, points.map(({ passRate }) => passRate));
  });

  describe('of a log without scores', () => {
    const directory = temporaryDirectory();

    it('have no figure that rests on scores, and say why', async () => {
      for (const step of [1, 2]) writeFileSync(path.join(directory.path(), `${step}.jsonl`), `{"input": "a", "output": "b", "gts": "1", "score": NaN, "step": ${step}}\n`.repeat(4));
      const run = await loadOnly(directory.path());
      const facts = findFacts(run);
      assert.deepEqual(series(run, facts).map(({ rollouts, passRate, mixed, competence, targetPassRate }) => [rollouts, passRate, mixed, competence, targetPassRate]), [[4, null, null, null, null], [4, null, null, null, null]]);
      assert.match(facts.refusals.join(), /^No rollout has a score/);
    });
  });
});
