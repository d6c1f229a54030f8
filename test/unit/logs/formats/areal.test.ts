import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { examineLog } from '../../../../src/engine/doctor/doctor';
import { gatherEvidence } from '../../../../src/engine/doctor/doctorEvidence';
import { findFacts } from '../../../../src/engine/doctor/logFindings';
import { arealFormat } from '../../../../src/logs/formats/areal';
import { fixtures, loadOnly } from '../../engine/fixtureRuns';
import { assertHolds, fixtureRun, loadExpected, summaryOf } from './expectedRun';

describe('AReaL rollouts', () => {
  it('equal what the fixture’s maker put in: a file a group, the policy version as step', async () => {
    const { run, expected } = await loadExpected('areal_2026_08', { dataset: path.join(fixtures, 'datasets/math8_areal.jsonl') });
    assertHolds(run, expected);
    const summary = summaryOf(run);
    assert.deepEqual([summary.framework, summary.name, summary.firstStep, summary.completeness], ['areal', 'trial0', 0, 'complete']);
    assert.deepEqual(summary.identity, { explicit: 0, matched: 8, ambiguous: 0, unmatched: 0 });
  });

  it('have the reward that the answer earned, not the normalised one', () => {
    const row = { task_id: 1, sample_idx: 0, reward: -0.7, original_reward: 1, prompt: 'Q', completion: 'a' };
    assert.equal(arealFormat.readRow(row, { rawNumber: () => null })[0]?.reward, 1);
  });

  it('of several turns have the first prompt and the length of what was generated', () => {
    const segments = [{ role: 'prompt', text: 'Q' }, { role: 'gen', text: 'ab' }, { role: 'context', text: 'tool output' }, { role: 'gen', text: 'c' }];
    const [read] = arealFormat.readRow({ task_id: 1, sample_idx: 0, reward: 1, prompt: 'Q ab tool output', completion: 'c', segments }, { rawNumber: () => null });
    assert.deepEqual([read?.prompt, read?.lengthChars], ['Q', 3]);
  });

  it('lack nothing where no group ended under a policy version', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'cdas-areal-'));
    try {
      cpSync(fixtureRun('areal_2026_08'), directory, { recursive: true });
      rmSync(path.join(directory, 'logs/user/math8/trial0/rollout/1'), { recursive: true });
      const run = await loadOnly(directory);
      const { findings, claims } = examineLog(run, findFacts(run), gatherEvidence(run));
      assert.equal(findings.find(({ code }) => code === 'gaps')?.severity, 'note');
      assert.doesNotMatch(claims.find(({ claim }) => claim === 'difficulty')?.reason ?? '', /missing step/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('that a relaunch appended again replace the first ones', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'cdas-areal-'));
    try {
      cpSync(fixtureRun('areal_2026_08'), directory, { recursive: true });
      const file = path.join(directory, 'logs/user/math8/trial0/rollout/0/0.jsonl');
      appendFileSync(file, readFileSync(file));
      const run = await loadOnly(directory);
      assert.deepEqual([run.steps[0]?.rollouts, summaryOf(run).health.superseded], [16, 4]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
