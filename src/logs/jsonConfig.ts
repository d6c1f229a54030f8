import { readFileSync, statSync } from 'node:fs';
import { isRecord } from '../core/json';

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
