import assert from 'node:assert/strict';
import fc from 'fast-check';
import { packTallies, restoreTallies } from '../../../src/logs/columns/packedTallies';
import { flagMask, lengthShift, RolloutTable } from '../../../src/logs/columns/rolloutTable';
import { countBits, talliesOf, tallyRows, type RowTally } from '../../../src/logs/columns/rowTally';

interface Rows {
  readonly step: number;
  readonly prompt: number;
  readonly reward: number | null;
  readonly explicitCorrect: boolean | null;
  readonly scored: boolean;
  readonly lengthChars: number | null;
  /** So many of them follow each other. */
  readonly times: number;
}

const rows: fc.Arbitrary<Rows> = fc.record({
  step: fc.constantFrom(1, 1, 1, 1, 2),
  prompt: fc.nat(3),
  reward: fc.constantFrom(null, 0, 1, 0.5, -0),
  explicitCorrect: fc.option(fc.boolean()),
  scored: fc.boolean(),
  lengthChars: fc.option(fc.nat(1000)),
  times: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 500, max: tallyRows + 500 })),
});
const log = fc.array(rows, { minLength: 1, maxLength: 8 });

function fill(table: RolloutTable, all: readonly Rows[]): void {
  for (const { step, prompt, times, ...values } of all) for (let i = 0; i < times; i++) table.push({ ...values, rolloutKey: null }, step, prompt, 0);
}

/** With more different rewards than a table has codes for, rows hold their rewards themselves. */
function tableOf(all: readonly Rows[], manyRewards = false): RolloutTable {
  const table = new RolloutTable();
  for (let i = 0; manyRewards && i < 300; i++) table.push({ reward: i + 2, explicitCorrect: null, scored: true, lengthChars: null, rolloutKey: null }, 0, 0, 0);
  fill(table, all);
  return table;
}

/** How many rows there are of each kind, from tallies, and what is known of their lengths. */
function contentOf(tallies: readonly RowTally[]): unknown {
  const counts = new Map<string, number>();
  let [lengthSum, lengthCount] = [0, 0];
  for (const tally of tallies) {
    tally.outcomes.forEach((packed, entry) => {
      const outcome = packed >>> countBits;
      add(counts, [tally.prompts[entry] ?? -1, tally.rewards[outcome >> lengthShift] ?? NaN, outcome & flagMask], packed & ((1 << countBits) - 1));
    });
    lengthSum += tally.lengthSum;
    lengthCount += tally.lengthCount;
  }
  return { counts, lengthSum, lengthCount };
}

/** The same, by looking at row after row. */
function plainContentOf(table: RolloutTable, isSuperseded: (row: number) => boolean): unknown {
  const counts = new Map<string, number>();
  let [lengthSum, lengthCount] = [0, 0];
  for (let row = 0; row < table.length; row++) {
    if (isSuperseded(row)) continue;
    const length = table.lengthChars(row);
    add(counts, [table.prompt(row), table.reward(row) ?? NaN, (table.raw.lengthsAndFlags[row] ?? 0) & flagMask], 1);
    lengthSum += length ?? 0;
    lengthCount += Number(length !== null);
  }
  return { counts, lengthSum, lengthCount };
}

function add(counts: Map<string, number>, kind: readonly [prompt: number, reward: number, flags: number], count: number): void {
  counts.set(kind.join(), (counts.get(kind.join()) ?? 0) + count);
}

function allTallies(table: RolloutTable, superseded?: Uint8Array): RowTally[] {
  return table.ranges.flatMap((range) => [...talliesOf(table, range, superseded?.subarray(range.start) ?? null)]);
}

describe('the tallies of rows', () => {
  it('are what looking at row after row gives, also of rows of which some do not count', () => {
    fc.assert(
      fc.property(log, fc.boolean(), fc.integer({ min: 2, max: 5 }), (all, manyRewards, every) => {
        const table = tableOf(all, manyRewards);
        assert.deepEqual(contentOf(allTallies(table)), plainContentOf(table, () => false));
        const superseded = Uint8Array.from({ length: table.length }, (_, row) => Number(row % every === 0));
        assert.deepEqual(contentOf(allTallies(table, superseded)), plainContentOf(table, (row) => row % every === 0));
        assert.deepEqual(contentOf(allTallies(table)), plainContentOf(table, () => false));
      }),
      { numRuns: 30 },
    );
  });

  it('are right again after more rows came', () => {
    fc.assert(
      fc.property(log, log, (first, second) => {
        const table = tableOf(first);
        allTallies(table);
        fill(table, second);
        assert.deepEqual(contentOf(allTallies(table)), plainContentOf(table, () => false));
      }),
      { numRuns: 30 },
    );
  });

  it('are kept of many rows in few groups, and come back with the table out of an index', () => {
    fc.assert(
      fc.property(fc.array(log, { maxLength: 3 }), log, (logs, later) => {
        const tables = logs.map((all) => tableOf(all));
        tables.forEach((table) => allTallies(table));
        tables.forEach((table) => fill(table, later));
        const again = tables.map((table) => RolloutTable.of(table.columns));
        restoreTallies(again, packTallies(tables));
        again.forEach((table, i) => {
          const kept = tables[i]!.ranges.map(({ tallies, start, end }) => tallies?.filter((tally, place) => tally?.rows === Math.min(tallyRows, end - start - place * tallyRows)).length ?? 0);
          assert.deepEqual(table.ranges.map(({ tallies }) => tallies?.filter((tally) => tally !== undefined).length ?? 0), kept);
          assert.deepEqual(contentOf(allTallies(table)), plainContentOf(table, () => false));
        });
      }),
      { numRuns: 20 },
    );
    const table = tableOf([{ step: 1, prompt: 0, reward: 1, explicitCorrect: null, scored: true, lengthChars: 5, times: 3 * tallyRows + 1 }]);
    allTallies(table);
    assert.deepEqual(table.ranges[0]?.tallies?.map((tally) => tally?.rows), [tallyRows, tallyRows, tallyRows]);
  });

  it('of other tables are refused', () => {
    const many: Rows = { step: 1, prompt: 0, reward: 1, explicitCorrect: null, scored: true, lengthChars: 5, times: 5000 };
    const table = tableOf([many]);
    allTallies(table);
    assert.throws(() => restoreTallies([tableOf([{ ...many, times: 20_000 }])], packTallies([table])), RangeError);
    assert.throws(() => restoreTallies([], packTallies([table])), RangeError);
  });
});
