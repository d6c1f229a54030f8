// One sample of an engine benchmark in a process of its own: prints the milliseconds of each pass.
import { appendFileSync, copyFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { CdasHistory } from '../../src/core/cdasHistory';
import type { StepVisits } from '../../src/core/cdas';
import { selectSymmetric } from '../../src/core/selection';
import { IndexCache } from '../../src/engine/reading/indexCache';
import { findFacts } from '../../src/engine/doctor/logFindings';
import { ObservedRun } from '../../src/engine/observedRun';
import { RunFiles } from '../../src/engine/reading/runFiles';
import { loadRun, readToEnd, TurnBudget } from '../../src/engine/runLoading';
import { summariseRun } from '../../src/engine/views/runSummary';
import { openRuns } from '../../src/logs/discovery/discover';
import { verlFormat } from '../../src/logs/formats/verl';
import { LogFile } from '../../src/logs/logFile';
import { PromptTable } from '../../src/logs/columns/promptTable';
import { readLineAt } from '../../src/logs/files/lineAt';
import { Random } from '../support/fuzz/random';
import { withOneFile } from './oneFile';

/** What a sample program prints: for each thing that was measured the ms of its passes, and the peak of the memory. */
export interface Sample {
  readonly times: Readonly<Record<string, readonly number[]>>;
  readonly peakBytes: number;
  /** What the log was found to hold. */
  readonly log?: { readonly bytes: number; readonly rollouts: number; readonly problems: number };
}

interface Input {
  /** Holds a log. */
  readonly directory: string;
  /** Where the index cache is. */
  readonly cache: string;
  readonly passes: number;
}

/** What each benchmark takes, ms for each pass. */
const samples: Readonly<Record<string, (input: Input) => number[] | Promise<number[]>>> = { load, append, reopen, step, replay, select };

/** The whole engine on a run that it has not seen: read, identified, grouped, rated. */
async function load({ directory, passes }: Input): Promise<number[]> {
  const times: number[] = [];
  for (let pass = 0; pass < passes; pass++) {
    const [source] = (await openRuns(directory)).runs;
    if (source === undefined) throw new Error(`no run in ${directory}`);
    const start = performance.now();
    await loadRun(source, { options: { mode: 'paper', correctThreshold: null }, dataset: null });
    times.push(performance.now() - start);
  }
  return times;
}

/** 100 kB appended to a file that is already read: from the look at its size to its rollouts in the columns. */
function append({ directory, passes }: Input): Promise<number[]> {
  return withOneFile(directory, (file) => appendTo(file, passes));
}

function appendTo(file: string, passes: number): number[] {
  const log = new LogFile(file, 1, verlFormat, new PromptTable());
  while (log.poll(1 << 24, Date.now()).more);
  const line = `${readLineAt(file, 0).toString()}\n`;
  const addition = line.repeat(Math.ceil(100_000 / line.length));
  return Array.from({ length: passes }, () => {
    const before = log.table.length;
    appendFileSync(file, addition);
    const start = performance.now();
    log.poll(1 << 20, Date.now());
    const ms = performance.now() - start;
    if (log.table.length === before) throw new Error('the appended rollouts were not read');
    return ms;
  });
}

/** A run out of the index cache: found, taken over, identified, grouped, rated, summarised. One pass, as a program does it that was just started. */
async function reopen(input: Input): Promise<number[]> {
  const start = performance.now();
  const run = await runOutOfCache(input);
  summariseRun(run, findFacts(run), Date.now());
  return [performance.now() - start];
}

async function runOutOfCache({ directory, cache }: Input): Promise<ObservedRun> {
  const index = new IndexCache(path.join(cache, 'index'), { onTrouble: (message) => process.stderr.write(message) });
  const [source] = (await openRuns(directory)).runs;
  if (source === undefined) throw new Error(`no run in ${directory}`);
  const run = new ObservedRun(source, { mode: 'paper', correctThreshold: null }, new RunFiles(source, () => index.load(source)));
  await readToEnd(run, { cancelled: () => false, progress: () => undefined });
  if (run.files.restored.bytes < run.files.progress.size) throw new Error('the run is not in the index cache');
  return run;
}

/** One more step in a run that is open: found, read, identified, grouped, rated, summarised. */
async function step(input: Input): Promise<number[]> {
  const run = await runOutOfCache(input);
  const before = run.steps.length;
  const budget = new TurnBudget();
  const added = Array.from({ length: input.passes }, (_, pass) => path.join(input.directory, `${before + pass + 1}.jsonl`));
  try {
    return added.map((file, pass) => {
      copyFileSync(path.join(input.directory, '1.jsonl'), file);
      const start = performance.now();
      while (budget.spend((bytes) => run.advance(bytes, Date.now())).more);
      summariseRun(run, findFacts(run), Date.now());
      const ms = performance.now() - start;
      if (run.steps.length !== before + pass + 1) throw new Error('the new step was not read');
      return ms;
    });
  } finally {
    for (const file of added) rmSync(file, { force: true });
  }
}

/** 1,000 steps of 1,024 groups over 100,000 problems, rated from the start. */
function replay({ passes }: Input): number[] {
  const random = new Random(1);
  const steps = Array.from({ length: 1000 }, (): StepVisits => {
    const problems = new Set<number>();
    while (problems.size < 1024) problems.add(random.below(100_000));
    return { problem: Int32Array.from(problems), correct: Float64Array.from(problems, () => random.below(9)), scored: new Int32Array(1024).fill(8) };
  });
  return Array.from({ length: passes }, () => {
    const history = new CdasHistory('paper');
    history.addProblems(100_000, true);
    const start = performance.now();
    steps.forEach((visits, step) => history.appendStep({ step, joining: [], events: [], visits }));
    return performance.now() - start;
  });
}

/** A symmetric batch of 1,024 out of 10,000,000 problems. */
function select({ passes }: Input): number[] {
  const random = new Random(1);
  const difficulty = Float64Array.from({ length: 10_000_000 }, () => random.next() * 2 - 1);
  return Array.from({ length: passes }, () => {
    const start = performance.now();
    const { harder, easier } = selectSymmetric({ difficulty, competence: 0.1, batch: 1024, mode: 'paper', seed: 1 });
    if (harder.length + easier.length !== 1024) throw new Error('the batch is not full');
    return performance.now() - start;
  });
}

async function main(): Promise<void> {
  const [name = '', directory = '', , cache = '', passes = '1'] = process.argv.slice(2);
  const sample = samples[name];
  if (sample === undefined) throw new Error(`no benchmark ${name}`);
  const times = { [name]: await sample({ directory, cache, passes: Number(passes) }) };
  const printed: Sample = { times, peakBytes: process.resourceUsage().maxRSS * 1024 };
  console.log(JSON.stringify(printed));
}

void main();
