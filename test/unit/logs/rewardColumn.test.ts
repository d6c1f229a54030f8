import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RewardColumn } from '../../../src/logs/columns/rewardColumn';

const rows = 700;

function columnOf(rewards: readonly number[]): RewardColumn {
  const column = new RewardColumn();
  column.resize(0, rows);
  rewards.forEach((reward, row) => column.set(row, reward));
  return column;
}

function rewardsOf(column: RewardColumn, count: number): number[] {
  return Array.from({ length: count }, (_, row) => column.at(row));
}

/** Few different rewards, some or none missing, or more than there are codes for. */
const rewardLists = fc.oneof(
  fc.array(fc.constantFrom(0, 1, -0.5, Number.NaN), { maxLength: 40 }),
  fc.integer({ min: 1, max: 300 }).map((count) => Array.from({ length: count }, (_, i) => i / 8)),
  fc.array(fc.double({ noDefaultInfinity: true }), { maxLength: 300 }),
);

describe('the column of rewards', () => {
  it('takes those of another column in as it would take them one after another', () => {
    fc.assert(
      fc.property(rewardLists, rewardLists, (first, second) => {
        const column = columnOf(first);
        column.append(first.length, columnOf(second).packed(second.length));
        const plain = columnOf([...first, ...second]);
        const count = first.length + second.length;
        assert.deepEqual(rewardsOf(column, count), rewardsOf(plain, count));
        assert.deepEqual(column.packed(count), plain.packed(count));
      }),
    );
  });

  it('takes in no reward that none of the rows has', () => {
    const others = columnOf([0, 7, 1, 1]).packed(4);
    const column = columnOf([]);
    column.append(0, { codes: others.codes?.subarray(2) ?? null, values: others.values });
    assert.deepEqual([...column.raw.values], [1]);
  });
});
