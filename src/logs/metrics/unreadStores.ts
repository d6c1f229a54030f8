import path from 'node:path';
import { FolderReader } from '../files/folderReader';
import { naturalOrder } from '../logFormat';
import type { RunSource } from '../runSource';
import { metricDirectories } from './findMetrics';

/** Metrics that lie beside a run in a form that is not read. */
export interface UnreadStore {
  readonly path: string;
  readonly kind: 'wandb' | 'trackio';
}

const wandbRun = /^(?:offline-)?run-/;
const trackioFolder = /^\.?trackio$/;

/**
 * The metrics of wandb (files of its own binary form) and trackio (SQLite) near a run. Trackio keeps them in the home
 * directory by default, where nothing tells whose they are; only what TRACKIO_DIR put beside the run is found.
 */
export function findUnreadStores(source: RunSource): readonly UnreadStore[] {
  const reader = new FolderReader();
  return [...metricDirectories(source)].flatMap((directory) => {
    try {
      const folder = reader.open(directory);
      return [...folder.folders].sort(naturalOrder).flatMap((name): UnreadStore[] => {
        const inner = name === 'wandb' || trackioFolder.test(name) ? folder.open(name) : null;
        if (inner === null) return [];
        if (name === 'wandb') return inner.folders.some((run) => wandbRun.test(run)) ? [{ path: path.join(directory, name), kind: 'wandb' }] : [];
        return inner.files.some((file) => file.endsWith('.db')) ? [{ path: path.join(directory, name), kind: 'trackio' }] : [];
      });
    } catch {
      // No such directory: there is nothing in it.
      return [];
    }
  });
}
