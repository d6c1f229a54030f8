import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { bundle } from './bundle';
import type { Sample } from './engineSample';
import { prepareLargeRun } from './largeRun';
import { prepareLog } from './logs';
import { median } from './rounds';

interface Figure {
  /** Its name among what the sample prints. */
  readonly name: string;
  readonly what: string;
  /** Null where there is no goal but a figure worth watching. */
  readonly goalMs: number | null;
}

interface Benchmark {
  readonly program: 'engine' | 'host';
  readonly sample: string;
  readonly log: 'main' | 'large';
  readonly passes: number;
  readonly figures: readonly Figure[];
  /** What the process may take at its peak. */
  readonly goalBytes?: number;
}

/** What is measured; `reopen` goes by the index that `index` leaves behind. */
const benchmarks: readonly Benchmark[] = [
  {
    program: 'host',
    sample: 'index',
    log: 'large',
    passes: 1,
    goalBytes: 300e6,
    figures: [
      { name: 'delayP99', what: 'delay of the extension host’s event loop while its worker indexes the large run: 99th percentile', goalMs: 20 },
      { name: 'delayMax', what: 'the longest such delay', goalMs: null },
      { name: 'index', what: 'that indexing, from the start of the worker to all of it on screen', goalMs: null },
    ],
  },
  { program: 'engine', sample: 'reopen', log: 'large', passes: 1, goalBytes: 250e6, figures: [{ name: 'reopen', what: 'the large run reopened from the index cache by a program that was just started: found, grouped, rated, summarised', goalMs: 300 }] },
  { program: 'host', sample: 'reopen', log: 'large', passes: 1, figures: [{ name: 'reopenOnScreen', what: 'the same in the extension host, from the start of the worker to all of it on screen', goalMs: null }] },
  { program: 'engine', sample: 'step', log: 'large', passes: 20, figures: [{ name: 'step', what: 'a step of 4,096 rollouts, 5 MB, more in the large run: the work until it is rated and summarised', goalMs: null }] },
  { program: 'engine', sample: 'load', log: 'main', passes: 2, figures: [{ name: 'load', what: 'first load of the main log by the whole engine: read, identified, grouped, rated', goalMs: null }] },
  { program: 'engine', sample: 'append', log: 'main', passes: 50, figures: [{ name: 'append', what: '100 kB appended to a file of the main log’s size: the work of picking it up', goalMs: 5 }] },
  { program: 'host', sample: 'append', log: 'main', passes: 8, figures: [{ name: 'onScreen', what: 'the same by polling alone, each second, at any moment: from the end of the write to the new rollouts on screen', goalMs: 1500 }] },
  { program: 'engine', sample: 'replay', log: 'main', passes: 5, figures: [{ name: 'replay', what: 'replay of 1,000 steps × 1,024 groups over 100,000 problems', goalMs: 100 }] },
  { program: 'engine', sample: 'select', log: 'main', passes: 3, figures: [{ name: 'select', what: 'symmetric batch of 1,024 out of 10,000,000 problems', goalMs: 200 }] },
];

/** How the engine is measured; sizes in bytes. */
export interface EngineOptions {
  readonly cache: string;
  readonly rounds: number;
  readonly seed: number;
  /** Of the main log, and of the large run. */
  readonly bytes: number;
  readonly largeBytes: number;
}

/** Measures what the engine does with what was read; returns a report in Markdown. */
export async function benchEngine(options: EngineOptions): Promise<string> {
  const { cache, largeBytes, seed } = options;
  const programs = { engine: await bundle(path.join(import.meta.dirname, 'engineSample.ts'), cache), host: await bundle(path.join(import.meta.dirname, 'hostSample.ts'), cache) };
  const worker = await bundle(path.join(import.meta.dirname, '../../src/engine/worker.ts'), cache);
  // The worker looks for it beside itself.
  await bundle(path.join(import.meta.dirname, '../../src/engine/reading/readerThread.ts'), cache);
  const indexCache = path.join(cache, 'index-cache');
  const logs = { main: prepareLog(cache, 'main', options), large: prepareLargeRun(cache, { bytes: largeBytes, seed }) };
  const samples = new Map<Benchmark, Sample[]>();
  try {
    for (let round = 0; round < options.rounds; round++) {
      for (const benchmark of benchmarks) {
        const { program, sample, log, passes } = benchmark;
        const printed = execFileSync(process.execPath, [programs[program], sample, logs[log], worker, indexCache, String(passes)], { encoding: 'utf8' });
        // The sample programs print this.
        samples.set(benchmark, [...(samples.get(benchmark) ?? []), JSON.parse(printed) as Sample]);
      }
      process.stderr.write(`round ${round + 1} of ${options.rounds}\n`);
    }
  } finally {
    for (const directory of [logs.large, indexCache]) rmSync(directory, { recursive: true, force: true });
  }
  const rows = benchmarks.flatMap((benchmark) => rowsOf(benchmark, samples.get(benchmark) ?? []));
  return [describeLogs(options, samples), '', '| | median, ms | worst, ms | goal | peak RSS, MB |', '|---|---|---|---|---|', ...rows].join('\n');
}

function describeLogs({ bytes, largeBytes }: EngineOptions, samples: ReadonlyMap<Benchmark, readonly Sample[]>): string {
  const facts = [...samples.values()].flat().find(({ log }) => log !== undefined)?.log;
  const size = facts === undefined ? `about ${(largeBytes / 1e9).toFixed(1)} GB` : `${(facts.bytes / 1e9).toFixed(2)} GB, ${facts.rollouts} rollouts of ${facts.problems} problems`;
  return `The main log has ${(bytes / 1e6).toFixed(0)} MB; the large run has ${size} in files of some 5 MB, of which 32 are different and the others the same under other names, all in the page cache. A tick of 1 ms counts into the event loop’s delay.`;
}

function rowsOf(benchmark: Benchmark, samples: readonly Sample[]): string[] {
  const peakBytes = Math.max(...samples.map((sample) => sample.peakBytes));
  return benchmark.figures.map(({ name, what, goalMs }, place) => {
    const times = samples.map((sample) => sample.times[name] ?? []);
    const middle = median(times.map(median));
    const goals = [...goalOf(goalMs, middle, 'ms'), ...(place === 0 ? goalOf(mega(benchmark.goalBytes), peakBytes / 1e6, 'MB') : [])];
    return `| ${what} | ${short(middle)} | ${short(Math.max(...times.flat()))} | ${goals.length === 0 ? '–' : goals.join('; ')} | ${(peakBytes / 1e6).toFixed(0)} |`;
  });
}

function goalOf(goal: number | null, measured: number, unit: string): string[] {
  return goal === null ? [] : [`< ${goal} ${unit}: ${measured < goal ? 'reached' : '**missed**'}`];
}

function mega(bytes: number | undefined): number | null {
  return bytes === undefined ? null : bytes / 1e6;
}

function short(ms: number): string {
  return ms < 10 ? ms.toFixed(2) : ms.toFixed(0);
}
