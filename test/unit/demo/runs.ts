import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DemoSettings } from '../../support/demo/settings';
import { Trainer } from '../../support/demo/trainer';

/** A run small enough for a test. */
export const smallRun: DemoSettings = { seed: 7, problems: 40, batch: 6, warmStartSteps: 3 };

/** A line of a rollout dump. */
export interface RolloutRow {
  readonly input: string;
  readonly output: string;
  readonly gts: unknown;
  readonly score: number;
  readonly step: number;
}

/** Opens a run; what it logs goes to `lines`. */
export function openRun(dir: string, settings: Partial<DemoSettings> = {}, lines: string[] = []): Trainer {
  return new Trainer(dir, { ...smallRun, ...settings }, (line) => lines.push(line));
}

/** Trains some steps and returns the problems of each batch. */
export function trainSteps(trainer: Trainer, count: number): void {
  for (let i = 0; i < count; i++) trainer.trainStep();
}

/** The rows of a step's dump. */
export function rolloutsOf(dir: string, step: number): RolloutRow[] {
  return readJsonLines(join(dir, 'rollouts', `${step}.jsonl`)) as RolloutRow[];
}

/** The questions of a step's batch, each once. */
export function questionsOf(dir: string, step: number): string[] {
  return [...new Set(rolloutsOf(dir, step).map((row) => row.input.split('\nuser\n')[1]!.replace('\nassistant\n', '')))];
}

/** Every dump's bytes by file name. */
export function allDumps(dir: string): Record<string, string> {
  const folder = join(dir, 'rollouts');
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** Puts something in the place of `.cdas/sampler.json`. */
export function writeSampler(dir: string, content: unknown): void {
  mkdirSync(join(dir, '.cdas'), { recursive: true });
  writeFileSync(join(dir, '.cdas', 'sampler.json'), typeof content === 'string' ? content : JSON.stringify(content));
}

/** A valid sampler config that says this of these problems, and of how to sample. */
export function samplerConfig(digest: string, problems: Readonly<Record<string, unknown>>, strategy?: Readonly<Record<string, unknown>>): unknown {
  return { schema: 'cdas-sampler/1', generation: 3, digest, strategy, problems };
}

/** The receipts that a run has left. */
export function receiptsOf(dir: string): Record<string, unknown>[] {
  return readJsonLines(join(dir, '.cdas', 'receipts.jsonl')) as Record<string, unknown>[];
}

function readJsonLines(path: string): unknown[] {
  return readFileSync(path, 'utf8').trimEnd().split('\n').map((line): unknown => JSON.parse(line));
}
