// A tiny but genuine GRPO trainer: a small neural policy learns arithmetic, samples its batches with CDAS, logs like verl
// and obeys .cdas/sampler.json. Nothing that it writes is made up.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DemoError } from './demoError';
import { writeHydraConfig } from './hydraConfig';
import type { StepFigures } from './metrics';
import { settleSettings } from './settings';
import { Trainer } from './trainer';

const usage = 'Usage: node dist/demoTrainer.js --dir DIR [--steps N] [--seed N] [--interval-ms MS] [--problems N] [--batch B]';
/** More would fill the memory with questions that are all alike. */
const mostProblems = 100_000;

interface Options {
  readonly dir: string;
  /** How many steps to train in this launch; Infinity until stopped. */
  readonly steps: number;
  readonly intervalMs: number;
  readonly wanted: { readonly seed?: number; readonly problems?: number; readonly batch?: number };
}

function readOptions(args: string[]): Options {
  const string = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: { dir: string, steps: string, seed: string, problems: string, batch: string, 'interval-ms': string },
  });
  if (values.dir === undefined) throw new DemoError(usage);
  const number = (name: 'steps' | 'seed' | 'problems' | 'batch' | 'interval-ms', least: number, most = Number.MAX_SAFE_INTEGER): number | undefined => {
    const text = values[name];
    if (text === undefined) return undefined;
    const value = Number(text);
    const fits = text.trim() !== '' && Number.isSafeInteger(value) && value >= least && value <= most;
    if (!fits) throw new DemoError(`--${name} takes a whole number from ${least} to ${most}, not "${text}". ${usage}`);
    return value;
  };
  const seed = number('seed', 0, 0xffffffff);
  const problems = number('problems', 1, mostProblems);
  const batch = number('batch', 1, mostProblems);
  return {
    dir: resolve(values.dir),
    steps: number('steps', 1) ?? Infinity,
    intervalMs: number('interval-ms', 0, 3_600_000) ?? 1000,
    wanted: { ...(seed !== undefined && { seed }), ...(problems !== undefined && { problems }), ...(batch !== undefined && { batch }) },
  };
}

function stepLine({ step, passRate, zeroGradientShare, competence, entropy }: StepFigures): string {
  const figures = { 'critic/score/mean': passRate, 'cdas/zero_gradient_share': zeroGradientShare, 'cdas/competence': competence, 'actor/entropy': entropy };
  return [`step:${step}`, ...Object.entries(figures).map(([key, value]) => `${key}:${value.toFixed(4)}`)].join(' - ');
}

async function train(options: Options, signal: AbortSignal): Promise<void> {
  mkdirSync(options.dir, { recursive: true });
  const settings = settleSettings(options.dir, options.wanted);
  const trainer = new Trainer(options.dir, settings, (line) => process.stderr.write(`${line}\n`));
  writeHydraConfig(options.dir, settings, new Date());
  console.log(`${trainer.problems.length} problems in ${options.dir}; ${trainer.step === 0 ? 'new run' : `going on after step ${trainer.step}`}`);
  for (let i = 0; i < options.steps && !signal.aborted; i++) {
    const dueAt = performance.now() + options.intervalMs;
    console.log(stepLine(trainer.trainStep()));
    // Waiting also lets signals in. A stop is no error.
    if (i + 1 < options.steps) await sleep(Math.max(0, dueAt - performance.now()), undefined, { signal }).catch(() => undefined);
  }
  trainer.save();
  console.log(`stopped after step ${trainer.step}`);
}

async function main(): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  try {
    await train(readOptions(process.argv.slice(2)), stop.signal);
  } catch (error) {
    const expected = error instanceof DemoError || (error instanceof Error && 'code' in error);
    console.error(expected ? error.message : error);
    process.exitCode = 1;
  }
}

void main();
