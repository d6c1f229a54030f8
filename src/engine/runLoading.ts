import { existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isMissing } from '../core/errors';
import { readDatasetFile } from '../logs/datasets/datasetFile';
import { explainFault } from '../logs/files/readFault';
import type { RunSource } from '../logs/runSource';
import { ObservedRun } from './observedRun';
import { filesOf, noAids, type ReadingAids } from './reading/readingAids';
import type { RatingOptions, RunCuration } from './rating/runRating';

/** Bytes of metrics read before other work gets a turn. */
export const metricBytesPerTurn = 1 << 22;

/** A turn that took longer reads less the next time, one that took less reads more. */
const longTurnMs = 25;
const shortTurnMs = 8;
const leastBytesPerTurn = 1 << 18;
const mostBytesPerTurn = 1 << 24;

/** How much is read in a turn, so that turns stay short where rows take long, as those of very many new problems do. */
export class TurnBudget {
  /** The first turns find out how long rows take. */
  private bytes = leastBytesPerTurn;

  /** Has about so many bytes read in a turn. */
  spend<Result>(read: (bytes: number) => Result): Result {
    const started = performance.now();
    const result = read(this.bytes);
    const ms = performance.now() - started;
    if (ms > longTurnMs) this.bytes = Math.max(leastBytesPerTurn, this.bytes / 2);
    else if (ms < shortTurnMs) this.bytes = Math.min(mostBytesPerTurn, this.bytes * 2);
    return result;
  }
}

/** How a full read is watched and given up. */
export interface LoadWatch {
  readonly cancelled: () => boolean;
  readonly progress: (fraction: number) => void;
}

/** The dataset to use for a run: the given one, else the first that its configuration names and that can be read here. */
export function datasetPathOf(source: RunSource, given: string | null): string | null {
  if (given !== null) return given;
  return source.config?.trainFiles.find((file) => /\.(?:jsonl?|parquet)$/i.test(file) && existsSync(file)) ?? null;
}

/**
 * Gives a run its dataset. One that cannot be read, or of which no row fits any problem of the log, is not used and a
 * note says why; the same one as read before stays.
 */
export async function attachDataset(run: ObservedRun, path: string | null): Promise<void> {
  run.foreignDataset = null;
  run.notes = [];
  try {
    run.configure({ dataset: path === null ? null : await readDatasetFile(path) });
  } catch (error) {
    const known = path !== null && run.datasetFile?.path === path;
    run.notes = [`${known ? 'The dataset is used as it was read before' : 'The dataset is not used'}: ${datasetFault(error, path ?? '')}`];
    if (!known) run.configure({ dataset: null });
  }
}

function datasetFault(error: unknown, path: string): string {
  return isMissing(error) ? `there is no file ${path}. Name the right one in cdasLens.dataset or --dataset.` : explainFault(error, path);
}

/** Drops a dataset that has nothing to do with the log. */
export function dropForeignDataset(run: ObservedRun): void {
  const dataset = run.datasetFile;
  if (dataset === null || run.steps.length === 0) return;
  if (run.registry.fitsDataset) return;
  const { path, index } = dataset;
  run.foreignDataset = { path, rows: index.length, preview: index.previewOf(0) };
  run.notes = [`The dataset is not used: no problem of the log matches a row of ${path}. Name the right file with cdasLens.dataset or --dataset.`];
  run.configure({ dataset: null });
}

/** Reads a run on to its present end. Returns false when it was given up. */
export async function readToEnd(run: ObservedRun, watch: LoadWatch): Promise<boolean> {
  const budget = new TurnBudget();
  for (;;) {
    const { more } = budget.spend((bytes) => run.advance(bytes, Date.now()));
    if (watch.cancelled()) return false;
    if (!more) dropForeignDataset(run);
    if (!more && !run.isRating) return true;
    const { read, size } = run.files.progress;
    watch.progress(size === 0 ? 0 : read / size);
    await nextTurn();
  }
}

/** Opens a run and reads what of it a cache does not hold; null when it was given up. */
export async function loadRun(
  source: RunSource,
  settings: { readonly options: RatingOptions; readonly dataset: string | null; readonly curation?: RunCuration; readonly aids?: ReadingAids },
  watch: LoadWatch = { cancelled: () => false, progress: () => undefined },
): Promise<ObservedRun | null> {
  const { aids = noAids } = settings;
  const run = new ObservedRun(source, settings.options, filesOf(source, aids));
  await attachDataset(run, datasetPathOf(source, settings.dataset));
  if (settings.curation !== undefined) run.configure({ curation: settings.curation });
  if (!(await readToEnd(run, watch))) return null;
  await aids.cache?.saveIfDue(run.files, Date.now());
  return run;
}
