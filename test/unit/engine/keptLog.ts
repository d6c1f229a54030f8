import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { IndexCache } from '../../../src/engine/reading/indexCache';
import { RunFiles } from '../../../src/engine/reading/runFiles';
import { openRuns } from '../../../src/logs/discovery/discover';
import type { RunSource } from '../../../src/logs/runSource';
import { readContents } from './readContents';

/** After so long a run that has grown a little is kept again. */
export const afterRest = 60_000;

/** One line of a verl log. */
export function line(problem: number, score: number, more: object = {}): string {
  return `${JSON.stringify({ input: `user\nProblem ${problem} \u00fc \u4e2d\nassistant\n`, output: 'o'.repeat(problem), gts: String(problem), score, ...more })}\n`;
}

/** Reads a run to its end. */
export function settle(files: RunFiles, now = Date.now()): RunFiles {
  while (files.poll(1 << 20, now).more);
  return files;
}

/** A small log in a directory of its own, with an index cache beside it. */
export class KeptLog {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'cdas-cache-'));
  readonly log = path.join(this.directory, 'rollouts');
  readonly kept = path.join(this.directory, 'cache', 'index');
  readonly troubles: string[] = [];

  constructor() {
    mkdirSync(this.log);
    for (const step of [1, 2]) writeFileSync(this.file(step), [1, 2, 3].map((problem) => line(problem, problem % 2, { step, acc: problem % 2 })).join(''));
  }

  file(step: number): string {
    return path.join(this.log, `${step}.jsonl`);
  }

  get indexFile(): string {
    return path.join(this.kept, readdirSync(this.kept).find((name) => name.endsWith('.index')) ?? 'none');
  }

  openCache(): IndexCache {
    return new IndexCache(this.kept, { onTrouble: (message) => this.troubles.push(message), worthBytes: 1 });
  }

  async source(): Promise<RunSource> {
    const [source] = (await openRuns(this.log)).runs;
    assert.ok(source !== undefined);
    return source;
  }

  async open(cache: IndexCache | null): Promise<RunFiles> {
    const source = await this.source();
    return new RunFiles(source, () => cache?.load(source) ?? null);
  }

  /** Reads the log and keeps what was read. */
  async keep(): Promise<void> {
    const cache = this.openCache();
    const files = settle(await this.open(cache));
    await cache.saveIfDue(files, Date.now());
    await cache.saveIfDue(files, Date.now() + afterRest);
  }

  /** Reads the log with the help of what is kept. */
  async reopen(): Promise<RunFiles> {
    return settle(await this.open(this.openCache()));
  }

  async assertAsFresh(files: RunFiles): Promise<void> {
    assert.deepEqual(readContents(files), readContents(settle(await this.open(null))));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}
