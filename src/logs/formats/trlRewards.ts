import type { ParquetTable } from '../parquet/parquetTable';
import { rewardWord } from './rewardColumns';

/** So many rows are enough to see which columns the advantages follow from. */
const maxRows = 1024;
/** Advantages are rounded, and divided by a spread to which a little was added. */
const tolerance = 2e-3;
/** A buffer may end in the middle of a group, and hold some of evaluation. */
const usualShare = 0.9;

/** The rollouts of one prompt that follow each other: their advantages, and their values in each column. */
interface Group {
  readonly advantages: number[];
  readonly values: readonly number[][];
}

/**
 * The reward functions' columns among columns of numbers that follow each other: reward functions come first, and what
 * users log besides after those, both in floating-point numbers. An advantage is what a rollout's rewards have above
 * those of its group, so that columns which it does not follow from are none of them. All where it does not tell.
 */
export function explainedRewards(table: ParquetTable, advantage: string, columns: readonly string[]): readonly string[] {
  const groups = readGroups(table, advantage, columns);
  const longest = columns.findLastIndex((_, last) => explains(groups, last)) + 1;
  let count = longest === 0 ? columns.length : longest;
  while (count > 1 && isOfPrompts(groups, count - 1) && !rewardWord.test(columns[count - 1] ?? '')) count--;
  return columns.slice(0, count);
}

function readGroups(table: ParquetTable, advantage: string, columns: readonly string[]): readonly Group[] {
  const groups: Group[] = [];
  let prompt = '';
  const wanted = new Map([['prompt', 'digests'] as const, ...[advantage, ...columns].map((name) => [name, 'values'] as const)]);
  for (const { start, length, column } of table.batches(wanted)) {
    const [prompts, advantages, values] = [column('prompt'), column(advantage), columns.map(column)];
    for (let row = 0; row < length; row++) {
      const next = JSON.stringify(prompts[row]);
      if (groups.length === 0 || next !== prompt) groups.push({ advantages: [], values: columns.map(() => []) });
      prompt = next;
      groups.at(-1)?.advantages.push(numberIn(advantages[row]));
      for (const [at, of] of values.entries()) groups.at(-1)?.values[at]?.push(numberIn(of[row]));
    }
    if (start + length >= maxRows) break;
  }
  return groups;
}

/** What a function did not judge counts as nothing. */
function numberIn(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/** Whether the advantages follow from the sum of the columns up to one. */
function explains(groups: readonly Group[], last: number): boolean {
  const fitting = groups.filter(({ advantages, values }) => {
    const rewards = advantages.map((_, row) => values.slice(0, last + 1).reduce((sum, column) => sum + (column[row] ?? 0), 0));
    return isScaled(rewards, advantages);
  });
  return fitting.length >= usualShare * groups.length;
}

/** Whether numbers differ from their mean as others do, in a scale of their own. */
function isScaled(numbers: readonly number[], others: readonly number[]): boolean {
  const [from, to] = [centred(numbers), centred(others)];
  const scale = product(from, to) / product(from, from);
  const largest = Math.max(...to.map(Math.abs));
  if (!(scale > 0)) return largest <= tolerance && Math.max(...from.map(Math.abs)) <= tolerance;
  return from.every((value, at) => Math.abs(value * scale - (to[at] ?? 0)) <= tolerance * largest);
}

function centred(numbers: readonly number[]): readonly number[] {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  return numbers.map((value) => value - mean);
}

function product(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
}

/** Whether a column has one value for all rollouts of a prompt, and another one for other prompts. */
function isOfPrompts(groups: readonly Group[], column: number): boolean {
  const several = groups.filter(({ advantages }) => advantages.length > 1).map(({ values }) => new Set(values[column]));
  return several.every(({ size }) => size === 1) && new Set(several.flatMap((values) => [...values])).size > 1;
}
