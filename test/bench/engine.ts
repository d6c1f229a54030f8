import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { bundle } from './bundle';
import { prepareLog } from './logs';
import { median } from './rounds';

interface EngineBenchmark {
  readonly name: string;
  readonly what: string;
  readonly passes: number;
  /** Null where there is no goal but a figure worth watching. */
  readonly goalMs: number | null;
}

const benchmarks: readonly EngineBenchmark[] = [
  { name: 'load', what: 'first load of the main log by the whole engine: read, identified, grouped, rated', passes: 2, goalMs: null },
  { name: 'append', what: '100 kB appended to a file of that size, picked up', passes: 50, goalMs: 5 },
  { name: 'replay', what: 'replay of 1,000 steps × 1,024 groups over 100,000 problems', passes: 5, goalMs: 100 },
  { name: 'select', what: 'symmetric batch of 1,024 out of 10,000,000 problems', passes: 3, goalMs: 200 },
];

/** Measures what the engine does with what was read; returns a report in Markdown. */
export async function benchEngine(options: { readonly cache: string; readonly rounds: number; readonly seed: number; readonly bytes: number }): Promise<string> {
  const program = await bundle(path.join(import.meta.dirname, 'engineSample.ts'), options.cache);
  const directory = prepareLog(options.cache, 'main', options);
  const samples = new Map<string, { times: number[]; peakBytes: number }[]>();
  for (let round = 0; round < options.rounds; round++) {
    for (const { name, passes } of benchmarks) {
      // The sample program prints this.
      const sample = JSON.parse(execFileSync(process.execPath, [program, name, directory, String(passes)], { encoding: 'utf8' })) as { times: number[]; peakBytes: number };
      samples.set(name, [...(samples.get(name) ?? []), sample]);
    }
    process.stderr.write(`round ${round + 1} of ${options.rounds}\n`);
  }
  const rows = benchmarks.map((benchmark) => row(benchmark, samples.get(benchmark.name) ?? []));
  return [`The log has ${(options.bytes / 1e6).toFixed(0)} MB.`, '', '| | median, ms | worst, ms | goal | peak RSS, MB |', '|---|---|---|---|---|', ...rows].join('\n');
}

function row({ what, goalMs }: EngineBenchmark, samples: readonly { readonly times: readonly number[]; readonly peakBytes: number }[]): string {
  const middle = median(samples.map(({ times }) => median(times)));
  const worst = Math.max(...samples.flatMap(({ times }) => times));
  const goal = goalMs === null ? '–' : `< ${goalMs} ms: ${middle < goalMs ? 'reached' : '**missed**'}`;
  return `| ${what} | ${middle < 10 ? middle.toFixed(2) : middle.toFixed(0)} | ${worst < 10 ? worst.toFixed(2) : worst.toFixed(0)} | ${goal} | ${(Math.max(...samples.map(({ peakBytes }) => peakBytes)) / 1e6).toFixed(0)} |`;
}
