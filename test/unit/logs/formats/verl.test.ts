import assert from 'node:assert/strict';
import { verlFormat } from '../../../../src/logs/formats/verl';
import { loadOnly } from '../../engine/fixtureRuns';
import { fixtureRun } from './expectedRun';

describe('verl rollout dumps', () => {
  it('of 0.9 hold rows that only fill a batch up, which are no rollouts and no problem', async () => {
    const run = await loadOnly(fixtureRun('verl_v09'));
    assert.equal(run.files.sumHealth('ignoredLines'), 3);
    assert.equal(run.registry.length, 8);
  });

  it('keep an answer of nothing to a question whose group has a usual name', () => {
    const row = { input: 'Q', output: '', gts: '1', score: 0, step: 1, uid: '0b6f3c1e-7c1f-4c0e-9a52-0d6a2f6f5f11_2_0' };
    const read = (uid: string): number => verlFormat.readRow({ ...row, uid }, { rawNumber: () => null }).length;
    assert.deepEqual([read(row.uid), read('padded_0_0'), read('pad7a10720bb56954629a8a38c48b1642e9_0_0')], [1, 1, 0]);
  });
});
