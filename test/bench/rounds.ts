import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Tally } from './productReaders';

/** A way of reading and how many times in a row a process does it: the first pass has cold code in it. */
export interface Contestant {
  readonly name: string;
  readonly passes: number;
}

/** What a contestant's processes measured. */
export interface Measured {
  /** Medians over the rounds, ms: of the first passes, and of the medians of the later ones (of the first where there is one only). */
  readonly firstMs: number;
  readonly steadyMs: number;
  readonly identifyMs: number | null;
  readonly peakBytes: number;
  readonly tally: Tally;
}

interface Sample {
  readonly tallies: readonly Tally[];
  readonly peakBytes: number;
}

const runFile = promisify(execFile);

/** Runs all contestants in every round, each in a process of its own, the order reversed from round to round. */
export async function runRounds(program: string, directory: string, contestants: readonly Contestant[], rounds: number): Promise<ReadonlyMap<string, Measured>> {
  const samples = new Map<string, Sample[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, passes } of round % 2 === 0 ? contestants : contestants.toReversed()) {
      const { stdout } = await runFile(process.execPath, [program, name, directory, String(passes)], { maxBuffer: 1 << 26 });
      // The sample program prints this.
      samples.get(name)?.push(JSON.parse(stdout) as Sample);
    }
    process.stderr.write(`round ${round + 1} of ${rounds}\n`);
  }
  return new Map([...samples].map(([name, all]) => [name, summarise(all)]));
}

function summarise(samples: readonly Sample[]): Measured {
  const times = samples.map(({ tallies }) => tallies.map(({ readMs }) => readMs));
  const identify = samples.flatMap(({ tallies }) => tallies.at(-1)?.identifyMs ?? []);
  const tally = samples[0]?.tallies[0];
  if (tally === undefined) throw new Error('no samples');
  return {
    firstMs: median(times.map(([first = Number.NaN]) => first)),
    steadyMs: median(times.map(([first = Number.NaN, ...later]) => (later.length === 0 ? first : median(later)))),
    identifyMs: identify.length === 0 ? null : median(identify),
    peakBytes: Math.max(...samples.map(({ peakBytes }) => peakBytes)),
    tally,
  };
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
