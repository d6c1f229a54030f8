import path from 'node:path';
import { Engine } from '../../../src/engine/engine';
import { findFacts } from '../../../src/engine/doctor/logFindings';
import type { ObservedRun } from '../../../src/engine/observedRun';
import { series, summariseRun } from '../../../src/engine/views/runSummary';
import type { EngineSettings } from '../../../src/protocol/engineApi';

/** Later than any unfinished line has to rest. */
const restedMs = 10_000;

/** The usual settings for a directory of runs, with its decisions beside them. */
export function settingsOn(root: string, change: Partial<EngineSettings> = {}): EngineSettings {
  return {
    roots: [root],
    curationDirectory: path.join(root, '.cdas'),
    mode: 'paper',
    correctThreshold: null,
    dataset: null,
    pollMs: 1000,
    canWrite: true,
    author: 'Ada <ada@example.org>',
    ...change,
  };
}

/** An engine on a directory of runs, without the loop that keeps it up to date: a test says when it looks. */
export function engineOn(root: string, change: Partial<EngineSettings> = {}): Engine {
  return new Engine(settingsOn(root, change), { onRunChanged: () => undefined, onRunsChanged: () => undefined, onCurationChanged: () => undefined });
}

/** Looks once at everything, as one round of the loop does. */
export async function look(engine: Engine): Promise<void> {
  await engine.catalog.rescan();
  for (const { source } of engine.catalog.all) {
    while (engine.catalog.has(source.id) && (await engine.catalog.advance(source.id)).more);
  }
}

/** Looks until unfinished last lines have rested. */
export async function settle(engine: Engine): Promise<void> {
  await look(engine);
  for (const run of engine.catalog.all) while (run.advance(1 << 20, Date.now() + restedMs).more);
}

/** What a view can show of all runs, problems by their id. */
export function figures(engine: Engine): unknown {
  const runs = [...engine.catalog.all].sort((a, b) => (a.source.id < b.source.id ? -1 : 1));
  return runs.map((run) => {
    const { id, steps, rollouts, health, correctRule, completeness } = summariseRun(run, findFacts(run), 0);
    // Whether a file without a whole row belongs to the log shows where names do not tell only once it has one.
    const met = run.source.format.namesAreVague ? health.superseded : health;
    return { id, steps, rollouts, met, correctRule, completeness, series: series(run, findFacts(run)).map(rounded), problems: problemsOf(run) };
  });
}

/** What an engine shows that has seen nothing of the history. */
export async function freshFigures(root: string, change: Partial<EngineSettings> = {}): Promise<unknown> {
  const engine = engineOn(root, change);
  await settle(engine);
  return figures(engine);
}

function problemsOf({ registry, history }: ObservedRun): unknown[] {
  return registry.problems
    .map(({ id, preview }, i) => ({ id, preview, difficulty: history.state.difficulty(i), visits: history.state.visits(i) }))
    .filter(({ visits }) => visits > 0)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(rounded);
}

function rounded(values: object): unknown {
  return Object.entries(values).map(([name, value]: [string, unknown]) => [name, typeof value === 'number' ? Number(value.toFixed(12)) : value]);
}
