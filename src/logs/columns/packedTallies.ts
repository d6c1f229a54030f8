import type { RolloutTable, StepRange } from './rolloutTable';
import { tallyRows, type RowTally } from './rowTally';

/** The tallies that were kept of tables' rows, one after the other. */
export interface PackedTallies {
  /** For each tally how many entries it has, 0 where none was kept, of how many rollouts the length is known, and the sum of these. */
  readonly facts: Float64Array<ArrayBuffer>;
  readonly prompts: Int32Array<ArrayBuffer>;
  readonly outcomes: Uint32Array<ArrayBuffer>;
}

const factsOfTally = 3;

/** Packs what was kept of tables. */
export function packTallies(tables: readonly RolloutTable[]): PackedTallies {
  const tallies = tables.flatMap(({ ranges }) => ranges.flatMap((range) => placesIn(range).map((rows, place) => tallyAt(range, place, rows))));
  const entries = tallies.reduce((sum, tally) => sum + (tally?.prompts.length ?? 0), 0);
  const packed = { facts: new Float64Array(tallies.length * factsOfTally), prompts: new Int32Array(entries), outcomes: new Uint32Array(entries) };
  let at = 0;
  tallies.forEach((tally, place) => {
    if (tally === undefined) return;
    packed.facts.set([tally.prompts.length, tally.lengthCount, tally.lengthSum], place * factsOfTally);
    packed.prompts.set(tally.prompts, at);
    packed.outcomes.set(tally.outcomes, at);
    at += tally.prompts.length;
  });
  return packed;
}

/** Gives the same tables, which have no tallies yet, theirs back. Throws a RangeError where these are those of others. */
export function restoreTallies(tables: readonly RolloutTable[], packed: PackedTallies): void {
  const reader = { packed, fact: 0, entry: 0 };
  for (const { ranges, rewardValues } of tables) for (const range of ranges) restoreRange(range, rewardValues, reader);
  const { facts, prompts, outcomes } = packed;
  if (reader.fact !== facts.length || reader.entry !== prompts.length || reader.entry !== outcomes.length) throw new RangeError('tallies of other tables');
}

function restoreRange(range: StepRange, rewards: Float64Array, reader: { readonly packed: PackedTallies; fact: number; entry: number }): void {
  const { facts, prompts, outcomes } = reader.packed;
  for (let place = 0, left = range.end - range.start; left > 0; place++, left -= tallyRows) {
    const [first, from] = [reader.fact, reader.entry];
    const entries = facts[first] ?? 0;
    reader.fact += factsOfTally;
    reader.entry += entries;
    if (entries === 0) continue;
    const columns = { prompts: prompts.subarray(from, reader.entry), outcomes: outcomes.subarray(from, reader.entry) };
    (range.tallies ??= [])[place] = { rows: Math.min(left, tallyRows), ...columns, rewards, lengthCount: facts[first + 1] ?? 0, lengthSum: facts[first + 2] ?? 0 };
  }
}

/** The rows of each tally that a range can have. */
function placesIn({ start, end }: StepRange): number[] {
  const rows: number[] = [];
  for (let left = end - start; left > 0; left -= tallyRows) rows.push(Math.min(left, tallyRows));
  return rows;
}

/** A tally that was made before the range grew says nothing of it. */
function tallyAt({ tallies }: StepRange, place: number, rows: number): RowTally | undefined {
  const tally = tallies?.[place];
  return tally?.rows === rows ? tally : undefined;
}
