// One sample of a benchmark in a process of its own: reads a log in one way, some times in a row, and prints what it found and how long it took.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { naturalOrder } from '../../src/logs/logFormat';
import { groupsByDuckdb, parseByReadline, parseLines, readChunks, rowsByDuckdb, scanNewlines } from './otherReaders';
import { rowsOfParquetByDuckdb } from './parquetLog';
import { readByFallback, readByProduct, readByTwoThreads, scanOnly, type Tally } from './productReaders';

/** The ways of reading, by name. */
const readers: Readonly<Record<string, (directory: string, files: readonly string[]) => Tally | Promise<Tally>>> = {
  read: (_, files) => readChunks(files, () => undefined),
  newlines: (_, files) => scanNewlines(files),
  scan: scanOnly,
  product: readByProduct,
  product2: readByTwoThreads,
  fallback: readByFallback,
  parse: (_, files) => parseLines(files),
  readline: (_, files) => parseByReadline(files),
  duckdbRows: (directory) => rowsByDuckdb(directory, 'verl', 1),
  duckdbPrimeRl: (directory) => rowsByDuckdb(directory, 'primeRl', 1),
  duckdbNemoRl: (directory) => rowsByDuckdb(directory, 'nemoRl', 1),
  duckdbTrl: (directory) => rowsOfParquetByDuckdb(directory, 1),
  duckdbRows2: (directory) => rowsByDuckdb(directory, 'verl', 2),
  duckdbGroups: (directory) => groupsByDuckdb(directory, 1),
  duckdbGroups2: (directory) => groupsByDuckdb(directory, 2),
};

async function main(): Promise<void> {
  const [name = '', directory = '', passes = '1'] = process.argv.slice(2);
  const reader = readers[name];
  if (reader === undefined) throw new Error(`no reader ${name}`);
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(?:jsonl|parquet)$/.test(file)).sort(naturalOrder).map((file) => path.join(directory, file));
  const tallies: Tally[] = [];
  let peakBytes = 0;
  for (let pass = 0; pass < Number(passes); pass++) {
    tallies.push(await reader(directory, files));
    // The peak of reading once, not of what later passes leave behind; kilobytes on every system that Node knows.
    if (pass === 0) peakBytes = process.resourceUsage().maxRSS * 1024;
  }
  console.log(JSON.stringify({ tallies, peakBytes }));
}

void main();
