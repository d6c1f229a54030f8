import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openRuns } from '../../../src/logs/discovery/discover';
import type { ObservedRun } from '../../../src/engine/observedRun';
import type { RatingOptions } from '../../../src/engine/rating/runRating';
import { loadRun } from '../../../src/engine/runLoading';

/** The directory of the committed fixtures. */
export const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** What a fixture run holds, as the fixture's maker knows it. Problems go by `p0`, `p1`, … */
export interface ExpectedRun {
  readonly recordCount: number;
  readonly groupSize: number;
  readonly variant: string;
  readonly steps: Readonly<Record<string, Readonly<Record<string, { readonly n: number; readonly correct: number }>>>>;
  readonly cdas: { readonly abilities: readonly number[]; readonly difficulties: Readonly<Record<string, readonly number[]>> };
  readonly questions: Readonly<Record<string, string>>;
}

export function readExpected(name: string): ExpectedRun {
  // The file is a fixture of this repository; its shape is the interface above.
  return JSON.parse(readFileSync(path.join(fixtures, 'expected', `${name}.json`), 'utf8')) as ExpectedRun;
}

/** Reads the one run at a path completely. */
export async function loadOnly(target: string, options: Partial<RatingOptions> & { readonly dataset?: string } = {}): Promise<ObservedRun> {
  const { runs } = await openRuns(target);
  const [source] = runs;
  if (source === undefined || runs.length > 1) throw new Error(`${runs.length} runs at ${target}`);
  const { mode = 'paper', correctThreshold = null, dataset = null } = options;
  const run = await loadRun(source, { options: { mode, correctThreshold }, dataset });
  if (run === null) throw new Error('not loaded');
  return run;
}

/** The index of the problem whose text holds a question. */
export function problemWith(run: ObservedRun, question: string): number {
  const found = run.registry.problems.findIndex(({ preview }) => preview.includes(question));
  if (found < 0) throw new Error(`no problem with ${question}`);
  return found;
}
