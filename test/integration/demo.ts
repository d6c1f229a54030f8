import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Uri, workspace } from 'vscode';
import { isRecord } from '../../src/core/json';

function environment(name: string): string {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: start the suite with npm test`);
  return value;
}

/** The folder of the demo run that the window is open on. */
export function demoFolder(): string {
  const folder = workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no folder is open');
  return folder.uri.fsPath;
}

/** A file of the demo's folder. */
export function demoUri(...path: readonly string[]): Uri {
  return Uri.file(join(demoFolder(), ...path));
}

/** The newest step that the demo trainer has written. */
export function lastStep(): number {
  const steps = readdirSync(join(demoFolder(), 'rollouts')).flatMap((name) => /^(\d+)\.jsonl$/.exec(name)?.[1] ?? []);
  return Math.max(...steps.map(Number));
}

/** Lets the demo trainer go on for `steps` steps, at once, and waits until it has ended; resolves its newest step. */
export async function trainMore(steps: number): Promise<number> {
  const trainer = join(environment('CDAS_LENS_PROJECT'), 'dist/demoTrainer.js');
  const args = [trainer, '--dir', demoFolder(), '--steps', String(steps), '--interval-ms', '0'];
  await promisify(execFile)(environment('CDAS_LENS_NODE'), args);
  return lastStep();
}

function parseRecord(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  assert.ok(isRecord(value), `not an object: ${text}`);
  return value;
}

/** The records of a file in .cdas/ that holds one a line; none when there is no such file. */
export function curationLines(name: string): Record<string, unknown>[] {
  const path = join(demoFolder(), '.cdas', name);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8').split('\n').filter((line) => line !== '').map(parseRecord);
}

/** What sampler.json says about each problem, by problem id. */
export function samplerProblems(): Map<string, unknown> {
  const path = join(demoFolder(), '.cdas/sampler.json');
  if (!existsSync(path)) return new Map();
  const { problems } = parseRecord(readFileSync(path, 'utf8'));
  return new Map(isRecord(problems) ? Object.entries(problems) : []);
}
