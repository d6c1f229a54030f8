import assert from 'node:assert/strict';
import { foldDecisions } from '../../../../src/core/decisionFold';
import { findFacts } from '../../../../src/engine/logFindings';
import { groupTexts } from '../../../../src/engine/rolloutTexts';
import { loadOnly, problemWith, readExpected } from '../../engine/fixtureRuns';
import { fixtureRun } from './expectedRun';

describe('the texts of a group', () => {
  for (const name of ['prime_rl_head', 'ms_swift_hf', 'nemo_rl', 'areal_2026_08', 'roll_rlvr']) {
    it(`are what the model wrote in ${name}, each with its own verdict`, async () => {
      const run = await loadOnly(fixtureRun(name));
      const expected = readExpected(name);
      const step = run.steps[0]!.step;
      const { id } = run.registry.problems[problemWith(run, expected.questions['p2']!)]!;
      const curation = foldDecisions([], { step: null, now: '2026-01-01T00:00:00Z' });
      const group = groupTexts({ run, facts: findFacts(run), curation, standings: new Map() }, id, step);
      assert.match(group.prompt, /What is 15% of 80\?/);
      assert.deepEqual([group.total, group.rollouts.filter(({ correct }) => correct === 1).length], [4, 2]);
      for (const { response, correct } of group.rollouts) {
        assert.match(response, /^(?:Let me|#### )/);
        assert.equal(/#### 12(?:<\|im_end\|>)?$/.test(response), correct === 1, response);
      }
    });
  }
});
