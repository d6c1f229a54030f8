import assert from 'node:assert/strict';
import path from 'node:path';
import { rollFormat } from '../../../../src/logs/formats/roll';
import { fixtures } from '../../engine/fixtureRuns';
import { assertHolds, loadExpected, summaryOf } from './expectedRun';

describe('ROLL rollout dumps', () => {
  it('equal what the fixture’s maker put in, and join the dataset by its ids', async () => {
    const { run, expected } = await loadExpected('roll_rlvr', { dataset: path.join(fixtures, 'datasets/math8_roll.jsonl') });
    assertHolds(run, expected);
    const summary = summaryOf(run);
    assert.deepEqual([summary.framework, summary.name, summary.firstStep], ['roll', 'roll_rlvr', 0]);
    assert.deepEqual(summary.identity, { explicit: 8, matched: 0, ambiguous: 0, unmatched: 0 });
    assert.deepEqual(run.registry.problems.find(({ id }) => id === '3')?.rows, [3]);
  });

  it('have as many rows as prompt and responses both have, and an empty id is none', () => {
    const rows = rollFormat.readRow({ id: ['', '7', '8'], prompt: ['a', 'b', 'c'], responses: ['x', 'y'], scores: [1], global_step: 4 }, { rawNumber: () => null });
    assert.deepEqual(rows.map(({ explicitId, reward, step }) => [explicitId, reward, step]), [[null, 1, 4], ['7', null, 4]]);
  });
});
