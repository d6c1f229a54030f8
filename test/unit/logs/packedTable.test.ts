import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RolloutTable } from '../../../src/logs/columns/rolloutTable';

interface Rows {
  readonly step: number;
  readonly prompt: number;
  readonly reward: number | null;
  readonly lengthChars: number | null;
  readonly rolloutKey: string | null;
  /** How much further on each of them is than the one before. */
  readonly apart: number;
  readonly times: number;
}

const rows = (keys: fc.Arbitrary<string | null>): fc.Arbitrary<Rows> =>
  fc.record({
    step: fc.nat(2),
    prompt: fc.nat(5),
    reward: fc.option(fc.constantFrom(0, 1, 0.25)),
    lengthChars: fc.option(fc.oneof(fc.nat(100), fc.nat(10_000_000))),
    rolloutKey: keys,
    apart: fc.oneof({ weight: 4, arbitrary: fc.nat(60_000) }, { weight: 1, arbitrary: fc.constantFrom(-1, 65_535, 65_536, 2 ** 33) }),
    times: fc.integer({ min: 1, max: 30 }),
  });
const log = fc.array(rows(fc.constant(null)), { minLength: 1, maxLength: 12 });

function fill(table: RolloutTable, all: readonly Rows[]): void {
  let offset = table.length === 0 ? 0 : table.offset(table.length - 1);
  for (const { step, prompt, apart, times, ...values } of all) {
    for (let i = 0; i < times; i++) table.push({ ...values, explicitCorrect: i % 3 === 0 ? null : i % 3 === 1, scored: i % 4 > 0 }, step, prompt, (offset = Math.max(0, offset + apart)));
  }
}

function tableOf(all: readonly Rows[]): RolloutTable {
  const table = new RolloutTable();
  fill(table, all);
  return table;
}

/** All that can be asked of a table, row by row. */
function contentOf(table: RolloutTable): unknown {
  const all = Array.from({ length: table.length }, (_, row) => [table.prompt(row), table.reward(row), table.explicitCorrect(row), table.isScored(row), table.lengthChars(row), table.offset(row), table.key(row)]);
  return { all, ranges: table.ranges.map(({ step, start, end }) => ({ step, start, end })), hasKeys: table.hasKeys };
}

describe('a table whose columns are packed', () => {
  it('says what it said before, and so does one that is made of them', () => {
    fc.assert(
      fc.property(log, (all) => {
        const [table, other] = [tableOf(all), tableOf(all)];
        table.pack();
        const { packed } = table;
        if (packed !== null) assert.deepEqual(contentOf(RolloutTable.ofPacked(packed, () => packed)), contentOf(other));
        assert.deepEqual(contentOf(table), contentOf(other));
        assert.equal(table.packed, null);
      }),
    );
  });

  it('goes on as one that was not packed', () => {
    fc.assert(
      fc.property(log, log, (first, second) => {
        const [table, other] = [tableOf(first), tableOf(first)];
        table.pack();
        fill(table, second);
        fill(other, second);
        assert.deepEqual(contentOf(table), contentOf(other));
        table.pack();
        const [taken, expected] = [new RolloutTable(), new RolloutTable()];
        taken.appendRows(table, 1, table.length, 5);
        expected.appendRows(other, 1, other.length, 5);
        assert.deepEqual(contentOf(taken), contentOf(expected));
        table.pack();
        table.append(other.columns, Int32Array.of(5, 4, 3, 2, 1, 0));
        other.append(other.columns, Int32Array.of(5, 4, 3, 2, 1, 0));
        assert.deepEqual(contentOf(table), contentOf(other));
      }),
    );
  });

  it('does not change what was packed when it goes on', () => {
    const table = tableOf([{ step: 1, prompt: 1, reward: 1, lengthChars: 5, rolloutKey: null, apart: 10, times: 100 }]);
    table.pack();
    const { packed } = table;
    assert.ok(packed !== null);
    const before = contentOf(RolloutTable.ofPacked(packed, () => packed));
    fill(table, [{ step: 1, prompt: 2, reward: 0, lengthChars: 5, rolloutKey: null, apart: 10, times: 100 }]);
    assert.deepEqual(contentOf(RolloutTable.ofPacked(packed, () => packed)), before);
  });

  it('takes less than half of the room, for rows in groups that lie close', () => {
    const table = tableOf(Array.from({ length: 16 }, (_, prompt) => ({ step: 1, prompt, reward: prompt % 2, lengthChars: 1000, rolloutKey: null, apart: 1200, times: 16 })));
    const bytesOf = (columns: object): number => Object.values(columns).reduce((sum: number, column: unknown) => sum + (ArrayBuffer.isView(column) ? column.byteLength : 0), 0);
    const { rewards, ...others } = table.columns;
    const before = bytesOf(others) + bytesOf(rewards);
    table.pack();
    assert.ok(bytesOf(table.packed ?? {}) > 0 && bytesOf(table.packed ?? {}) < before / 2);
  });

  it('is only one whose rollouts have no names', () => {
    fc.assert(
      fc.property(fc.array(rows(fc.string({ minLength: 1 })), { minLength: 1, maxLength: 5 }), (all) => {
        const table = tableOf(all);
        table.pack();
        assert.equal(table.packed, null);
        assert.deepEqual(contentOf(table), contentOf(tableOf(all)));
      }),
    );
  });
});
