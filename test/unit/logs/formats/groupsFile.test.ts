import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { series } from '../../../../src/engine/views/runSummary';
import { findFacts } from '../../../../src/engine/doctor/logFindings';
import type { ObservedRun } from '../../../../src/engine/observedRun';
import { groupsFileFormat } from '../../../../src/logs/formats/groupsFile';
import { loadOnly } from '../../engine/fixtureRuns';

interface Group {
  readonly step: number;
  readonly problem: string;
  readonly correct: number;
}

const groups: readonly Group[] = [1, 2, 3].flatMap((step) =>
  ['a', 'b', 'c'].map((problem, at) => ({ step, problem, correct: (step * 2 + at * 3) % 5 })),
);

function groupLine({ step, problem, correct }: Group, more: object = {}): object {
  return { schema: 'cdas-groups/1', step, split: 'train', problem_id: problem, n: 4, correct, reward_sum: correct, length_sum: 40, ...more };
}

function rolloutLines({ step, problem, correct }: Group): readonly object[] {
  return [0, 1, 2, 3].map((index) => ({
    schema: 'cdas-rollout/1',
    step,
    problem_id: problem,
    group_id: `${step}-${problem}`,
    sample_index: index,
    reward: Number(index < correct),
    correct: index < correct,
    response: '0123456789',
  }));
}

async function load(rows: readonly object[], check: (run: ObservedRun) => void): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), 'cdas-groups-'));
  try {
    writeFileSync(path.join(directory, 'log-x.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    check(await loadOnly(directory));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe('A log of groups without texts', () => {
  it('gives every figure that the same rollouts give', async () => {
    const expected: unknown[] = [];
    await load(groups.flatMap(rolloutLines), (run) => expected.push(...series(run, findFacts(run))));
    await load(groups.map((group) => groupLine(group)), (run) => {
      assert.deepEqual(series(run, findFacts(run)), expected);
      assert.equal(expected.length, 3);
    });
  });

  it('judges rollouts by the counts even where only few groups were solved', async () => {
    const few = groups.map((group, at) => ({ ...group, correct: at < 2 ? 1 : 0 }));
    await load(few.map((group) => groupLine(group)), (run) => {
      assert.deepEqual(series(run, findFacts(run)).map(({ passRate }) => passRate), [2 / 12, 0, 0]);
    });
  });

  it('gives back the sums of rewards of any scale and says that more is not known', () => {
    const rows = groupsFileFormat.readRow(groupLine({ step: 1, problem: 'a', correct: 3 }, { reward_sum: 5.2 }), { rawNumber: () => null });
    assert.deepEqual(rows.map(({ explicitCorrect }) => explicitCorrect), [true, true, true, false]);
    assert.ok(Math.abs(rows.reduce((sum, { reward }) => sum + (reward ?? NaN), 0) - 5.2) < 1e-12);
    assert.deepEqual([rows[0]?.lengthChars, rows.length], [10, 4]);
    const uneven = groupsFileFormat.readRow(groupLine({ step: 1, problem: 'a', correct: 3 }, { length_sum: 46 }), { rawNumber: () => null });
    assert.equal(uneven.reduce((sum, { lengthChars }) => sum + (lengthChars ?? NaN), 0), 46);
    assert.match(rows[0]?.note ?? '', /only the sums/);
  });

  it('counts a step that a later launch logged again once', async () => {
    const again = groups.filter(({ step }) => step === 3).map(({ step, problem }) => groupLine({ step, problem, correct: 4 }));
    await load([...groups.map((group) => groupLine(group)), ...again], (run) => {
      assert.deepEqual(series(run, findFacts(run)).map(({ rollouts }) => rollouts), [12, 12, 12]);
      assert.equal(series(run, findFacts(run))[2]?.allPass, 3);
    });
  });

  it('leaves out lines whose counts cannot be', () => {
    const read = (more: object): number =>
      groupsFileFormat.readRow(groupLine({ step: 1, problem: 'a', correct: 2 }, more), { rawNumber: () => null }).length;
    assert.deepEqual([read({ n: 1e9 }), read({ n: -1 }), read({ correct: 5 }), read({ n: 2.5 }), read({ step: null }), read({ problem_id: '' }), read({ schema: 'cdas-groups/2' })], [0, 0, 0, 0, 0, 0, 0]);
    assert.equal(read({}), 4);
  });
});
