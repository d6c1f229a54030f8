import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../../../src/core/json';
import { DemoError } from './demoError';
import { writeAtomically } from './writeAtomically';

/** What fixes a run: two runs with the same settings write the same rollouts. */
export interface DemoSettings {
  readonly seed: number;
  /** How many problems the dataset has. */
  readonly problems: number;
  /** Groups per step. */
  readonly batch: number;
  /** Length of the supervised start, in optimiser steps. */
  readonly warmStartSteps: number;
}

const defaults: DemoSettings = { seed: 1, problems: 600, batch: 40, warmStartSteps: 250 };

/**
 * The settings of the run in `dir`: those it was started with, kept in `demo.json`; for a new run the wanted ones over the
 * defaults. Throws a DemoError where a wanted one contradicts a run that is under way.
 */
export function settleSettings(dir: string, wanted: Partial<DemoSettings>): DemoSettings {
  const path = join(dir, 'demo.json');
  if (!existsSync(path)) {
    const settings = { ...defaults, ...wanted };
    writeAtomically(path, `${JSON.stringify(settings, null, 2)}\n`);
    return settings;
  }
  const settings = readSettings(path);
  for (const name of Object.keys(defaults) as (keyof DemoSettings)[]) {
    const value = wanted[name];
    if (value === undefined || value === settings[name]) continue;
    throw new DemoError(`${dir} holds a run with ${name} ${settings[name]}, not ${value}: leave that option away to go on with it, or start in another directory.`);
  }
  return settings;
}

function readSettings(path: string): DemoSettings {
  let file: unknown = null;
  try {
    file = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // Falls through to the message below, which is the same for a damaged and for an incomplete file.
  }
  const number = (name: keyof DemoSettings): number => {
    const value = isRecord(file) ? file[name] : undefined;
    if (typeof value !== 'number') throw new DemoError(`${path} is damaged; start the demo in another directory, or delete this one.`);
    return value;
  };
  return { seed: number('seed'), problems: number('problems'), batch: number('batch'), warmStartSteps: number('warmStartSteps') };
}
