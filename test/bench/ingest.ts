import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { bundle } from './bundle';
import { prepareLog, type VariantName } from './logs';
import { toParquet } from './parquetLog';
import type { Tally } from './productReaders';
import { runRounds, type Contestant, type Measured } from './rounds';

/** What `bench ingest` is asked to do. */
export interface IngestOptions {
  readonly cache: string;
  /** Bytes of the main variant; the others get four tenths of it. */
  readonly bytes: number;
  readonly variants: readonly VariantName[];
  readonly rounds: number;
  readonly seed: number;
}

/** A ratio that has to be reached. */
interface Goal {
  readonly what: string;
  readonly atLeast: number;
  readonly of: (measured: (name: string) => Measured) => number;
}

/** Variants of other formats than verl's have one query of their own. */
const ownQueries: Readonly<Partial<Record<VariantName, string>>> = { primeRl: 'duckdbPrimeRl', nemoRl: 'duckdbNemoRl', trl: 'duckdbTrl' };

/** As in a run of ten gigabytes: the runtime goes on compiling for some of them, the longer the more threads there are. */
const fastPasses = 10;
const fast: readonly Contestant[] = ['read', 'newlines', 'scan', 'product', 'product2'].map((name) => ({ name, passes: fastPasses }));
const duckdb: readonly Contestant[] = ['duckdbRows', 'duckdbGroups'].map((name) => ({ name, passes: 2 }));
const slow: readonly Contestant[] = [{ name: 'fallback', passes: 2 }, ...duckdb, { name: 'parse', passes: 1 }];
const mainOnly: readonly Contestant[] = [...['duckdbRows2', 'duckdbGroups2'].map((name) => ({ name, passes: 2 })), { name: 'readline', passes: 1 }];

const labels: Readonly<Record<string, string>> = {
  read: 'the file read, nothing done with it',
  newlines: 'newline scan, Buffer.indexOf',
  scan: 'ours, the scanner alone',
  product: '**ours, into columns, 1 thread**',
  product2: '**ours, into columns, 2 threads**',
  fallback: 'ours with the scanner in TypeScript',
  parse: 'Buffer + JSON.parse',
  readline: 'readline + JSON.parse',
  duckdbRows: 'DuckDB rows, 1 thread',
  duckdbPrimeRl: 'DuckDB rows, 1 thread',
  duckdbNemoRl: 'DuckDB rows, 1 thread',
  duckdbTrl: 'DuckDB rows, 1 thread',
  duckdbRows2: 'DuckDB rows, 2 threads',
  duckdbGroups: 'DuckDB GROUP BY, 1 thread',
  duckdbGroups2: 'DuckDB GROUP BY, 2 threads',
};

const product = (measured: (name: string) => Measured): number => measured('product').steadyMs;
const goals: Readonly<Record<VariantName, readonly Goal[]>> = {
  main: [
    { what: '× DuckDB rows', atLeast: 4.5, of: (m) => m('duckdbRows').steadyMs / product(m) },
    { what: '× DuckDB GROUP BY', atLeast: 3, of: (m) => m('duckdbGroups').steadyMs / product(m) },
    { what: '% of the newline scan', atLeast: 42, of: (m) => (100 * m('newlines').steadyMs) / product(m) },
    { what: '× readline + JSON.parse, first passes', atLeast: 15, of: (m) => m('readline').firstMs / m('product').firstMs },
    { what: 'MB below 150 at the peak', atLeast: 0, of: (m) => 150 - Math.max(m('product').peakBytes, m('product2').peakBytes) / 1e6 },
    { what: '× Buffer + JSON.parse by the scanner in TypeScript', atLeast: 4, of: (m) => m('parse').steadyMs / m('fallback').steadyMs },
    { what: '× one thread by two', atLeast: 1.5, of: (m) => product(m) / m('product2').steadyMs },
  ],
  short: [{ what: '× DuckDB GROUP BY', atLeast: 2, of: (m) => m('duckdbGroups').steadyMs / product(m) }],
  long: [],
  code: [],
  cjk: [],
  trl: [
    { what: '× DuckDB rows', atLeast: 0.5, of: (m) => m('duckdbTrl').steadyMs / product(m) },
    { what: 'MB below 300 at the peak', atLeast: 0, of: (m) => 300 - m('product').peakBytes / 1e6 },
  ],
  primeRl: [{ what: '× DuckDB rows', atLeast: 2.5, of: (m) => m('duckdbPrimeRl').steadyMs / product(m) }],
  nemoRl: [{ what: '× DuckDB rows', atLeast: 2.5, of: (m) => m('duckdbNemoRl').steadyMs / product(m) }],
};

/** Measures the variants one after another; returns a report in Markdown. */
export async function benchIngest(options: IngestOptions): Promise<string> {
  const program = await bundle(path.join(import.meta.dirname, 'sample.ts'), options.cache);
  await bundle(path.join(import.meta.dirname, '../../src/engine/reading/readerThread.ts'), options.cache);
  const sections: string[] = [];
  for (const variant of options.variants) {
    const directory = prepareLog(options.cache, variant, { bytes: variant === 'main' ? options.bytes : options.bytes * 0.4, seed: options.seed });
    if (variant === 'trl') await toParquet(directory);
    const contestants = contestantsOf(variant);
    process.stderr.write(`${variant}: ${options.rounds} rounds\n`);
    const results = await runRounds(program, directory, contestants, options.rounds);
    sections.push(describe(variant, directory, results));
  }
  return sections.join('\n\n');
}

function contestantsOf(variant: VariantName): readonly Contestant[] {
  const ownQuery = ownQueries[variant];
  if (variant === 'trl') return ['read', 'newlines', 'product', 'duckdbTrl'].map((name) => ({ name, passes: fastPasses }));
  if (ownQuery !== undefined) return [...fast, { name: 'fallback', passes: 2 }, { name: ownQuery, passes: 2 }];
  return [...fast, ...slow, ...(variant === 'main' ? mainOnly : [])];
}

function describe(variant: VariantName, directory: string, results: ReadonlyMap<string, Measured>): string {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(?:jsonl|parquet)$/.test(file));
  const bytes = files.reduce((sum, file) => sum + statSync(path.join(directory, file)).size, 0);
  const measured = (name: string): Measured => {
    const found = results.get(name);
    if (found === undefined) throw new Error(`${name} was not measured`);
    return found;
  };
  const { tally, identifyMs } = measured('product');
  const rows = [...results].map(([name, each]) => row(name, each, { bytes, newlines: measured('newlines') }));
  const ratios = goals[variant].map(({ what, atLeast, of }) => `- ${of(measured).toFixed(2)} ${what}; the goal is at least ${atLeast}: ${of(measured) >= atLeast ? 'reached' : '**missed**'}`);
  return [
    `### ${variant}`,
    '',
    `${(bytes / 1e6).toFixed(0)} MB, ${tally.rows} rollouts of ${(bytes / tally.rows / 1e3).toFixed(1)} kB, ${tally.problems} problems, which took ${(identifyMs ?? 0).toFixed(0)} ms more to identify by their text.`,
    ...disagreements(results),
    '',
    `Steady is the median of the passes after the first, of which the quick readers have ${fastPasses - 1} and the slow ones one; of one pass it is that.`,
    '',
    '| | first pass, ms | steady, ms | MB/s | % of newline scan | peak RSS of the first pass, MB |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
    ...ratios,
  ].join('\n');
}

function row(name: string, { firstMs, steadyMs, peakBytes }: Measured, { bytes, newlines }: { readonly bytes: number; readonly newlines: Measured }): string {
  const share = (100 * newlines.steadyMs) / steadyMs;
  return `| ${labels[name] ?? name} | ${firstMs.toFixed(0)} | ${steadyMs.toFixed(0)} | ${(bytes / 1e3 / steadyMs).toFixed(0)} | ${share.toFixed(share < 10 ? 1 : 0)} | ${(peakBytes / 1e6).toFixed(0)} |`;
}

function sameFindings(a: Tally, b: Tally): boolean {
  const counts = ({ rows, scoreSum, problems }: Tally): string => `${rows} ${scoreSum} ${problems}`;
  return counts(a) === counts(b) && (a.responseLength ?? b.responseLength) === b.responseLength;
}

/** Readers that found something else than the product: then the times say nothing. */
function disagreements(results: ReadonlyMap<string, Measured>): string[] {
  const own = results.get('product')?.tally;
  return [...results].flatMap(([name, { tally }]) => {
    if (own === undefined || name === 'read' || name === 'scan' || name === 'newlines') return [];
    return sameFindings(tally, own) ? [] : [`**${labels[name] ?? name} found something else: ${JSON.stringify(tally)} instead of ${JSON.stringify(own)}.**`];
  });
}
