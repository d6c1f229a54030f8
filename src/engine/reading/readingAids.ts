import type { RunSource } from '../../logs/runSource';
import type { IndexCache } from './indexCache';
import { RunFiles } from './runFiles';
import type { SecondReader } from './secondReader';

/** What makes reading faster and changes nothing else. */
export interface ReadingAids {
  readonly cache: IndexCache | null;
  readonly second: SecondReader | null;
}

/** Each run is read by one thread, from its start. */
export const noAids: ReadingAids = { cache: null, second: null };

/** The files of a run, to be read with these aids. */
export function filesOf(source: RunSource, { cache, second }: ReadingAids): RunFiles {
  return new RunFiles(source, () => cache?.load(source) ?? null, second === null ? null : { second });
}
