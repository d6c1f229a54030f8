import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '../../core/json';
import type { RunConfig } from './hydraConfig';

const maxBytes = 1 << 22;

/** What a configuration in JSON says; null when there is none that can be read. */
export function readJsonConfig(file: string): Record<string, unknown> | null {
  try {
    if (statSync(file).size > maxBytes) return null;
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isRecord(parsed) ? parsed : null;
  } catch {
    // No configuration is a usual state; the run is then known by its log alone.
    return null;
  }
}

/** What a configuration beside a log says of a run, as long as nothing is read from it. */
export function configBesideLog(configFile: string): Omit<RunConfig, 'groupSize' | 'groupSizeSetting' | 'groupFilter'> {
  return {
    configFile,
    launchDirectory: path.dirname(configFile),
    isVerl: false,
    rolloutDirectory: null,
    validationDirectory: null,
    trainFiles: [],
    name: null,
    projectName: null,
  };
}
