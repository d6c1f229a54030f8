// One sample of an engine benchmark in a process of its own: prints the milliseconds of each pass.
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { CdasHistory } from '../../src/core/cdasHistory';
import type { StepVisits } from '../../src/core/stepEntries';
import { selectSymmetric } from '../../src/core/selection';
import { loadRun } from '../../src/engine/runLoading';
import { openRuns } from '../../src/logs/discover';
import { verlFormat } from '../../src/logs/formats/verl';
import { LogFile } from '../../src/logs/logFile';
import { naturalOrder } from '../../src/logs/logFormat';
import { PromptTable } from '../../src/logs/promptTable';
import { readLineAt } from '../../src/logs/lineAt';
import { Random } from '../support/fuzz/random';

/** What each benchmark takes, ms for each pass; `directory` holds a log. */
const samples: Readonly<Record<string, (directory: string, passes: number) => number[] | Promise<number[]>>> = { load, append, replay, select };

/** The whole engine on a run that it has not seen: read, identified, grouped, rated. */
async function load(directory: string, passes: number): Promise<number[]> {
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
async function append(directory: string, passes: number): Promise<number[]> {
  const copy = mkdtempSync(path.join(path.dirname(directory), 'append-'));
  try {
    const file = path.join(copy, '1.jsonl');
    for (const name of readdirSync(directory).sort(naturalOrder)) {
      if (name === '1.jsonl') await copyFile(path.join(directory, name), file);
      else appendFileSync(file, await readWhole(path.join(directory, name)));
    }
    return appendTo(file, passes);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

async function readWhole(file: string): Promise<Buffer> {
  const { readFile } = await import('node:fs/promises');
  return readFile(file);
}

function appendTo(file: string, passes: number): number[] {
  const log = new LogFile(file, 1, verlFormat, new PromptTable());
  while (log.poll(1 << 24, Date.now()).more);
  const line = `${readLineAt(file, 0)}\n`;
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

/** 1,000 steps of 1,024 groups over 100,000 problems, rated from the start. */
function replay(_: string, passes: number): number[] {
  const random = new Random(1);
  const steps = Array.from({ length: 1000 }, (): StepVisits => {
    const problems = new Set<number>();
    while (problems.size < 1024) problems.add(random.below(100_000));
    return { problem: Int32Array.from(problems), correct: Float64Array.from(problems, () => random.below(9)), scored: new Int32Array(1024).fill(8) };
  });
  return Array.from({ length: passes }, () => {
    const history = new CdasHistory('paper');
    for (let problem = 0; problem < 100_000; problem++) history.addProblem(true);
    const start = performance.now();
    steps.forEach((visits, step) => history.appendStep({ step, events: [], visits }));
    return performance.now() - start;
  });
}

/** A symmetric batch of 1,024 out of 10,000,000 problems. */
function select(_: string, passes: number): number[] {
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
  const [name = '', directory = '', passes = '1'] = process.argv.slice(2);
  const sample = samples[name];
  if (sample === undefined) throw new Error(`no benchmark ${name}`);
  console.log(JSON.stringify({ times: await sample(directory, Number(passes)), peakBytes: process.resourceUsage().maxRSS * 1024 }));
}

void main();
