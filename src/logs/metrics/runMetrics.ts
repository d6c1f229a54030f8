import { messageOf } from '../../core/errors';
import { FolderReader } from '../files/folderReader';
import type { RunSource } from '../runSource';
import { findMetricFiles, type MetricFileName, type MetricKind } from './findMetrics';
import { readFlatRow } from './flatMetrics';
import { JsonLinesMetrics } from './jsonLinesMetrics';
import type { MetricReader } from './metricReader';
import type { MetricPoints } from './metricTable';
import { readSwiftRow } from './swiftLogging';
import { TensorboardMetrics } from './tensorboardMetrics';
import { TrainerStateMetrics } from './trainerState';
import { readVerlRow } from './verlFileLogger';

/** A metrics file of a run as views name it. */
export interface MetricFileStatus extends MetricFileName {
  readonly series: number;
  /** What a person should know about the file, one sentence each. */
  readonly notes: readonly string[];
}

/** One metric of a run with the files it was read from. */
export interface NamedMetric extends MetricPoints {
  readonly name: string;
  readonly files: readonly string[];
}

interface FollowedMetrics {
  readonly name: MetricFileName;
  readonly reader: MetricReader;
  error: string | null;
}

/** Adding a kind of metrics file means adding its reader here and its place in findMetrics.ts. */
const readers: Readonly<Record<MetricKind, (file: string) => MetricReader>> = {
  'verl file logger': (file) => new JsonLinesMetrics(file, readVerlRow),
  'metrics.jsonl': (file) => new JsonLinesMetrics(file, readFlatRow),
  'logging.jsonl': (file) => new JsonLinesMetrics(file, readSwiftRow),
  'trainer_state.json': (file) => new TrainerStateMetrics(file),
  tensorboard: (file) => new TensorboardMetrics(file),
};

/** New files are looked for this often. */
const searchMs = 15_000;

/** The metrics beside a run's rollouts, followed as they grow. Reads nothing before the first `poll`. */
export class RunMetrics {
  private followed: readonly FollowedMetrics[] = [];
  private searchedAt = -Infinity;
  private readonly folders = new FolderReader();

  constructor(private readonly source: RunSource) {}

  get files(): readonly MetricFileStatus[] {
    return this.followed.map(({ name, reader, error }) => {
      const left = reader.table.leftOut;
      const crowd = left === 0 ? [] : [`Too many series: at least ${left} left out.`];
      return { ...name, series: reader.table.names.length, notes: [...(error === null ? [] : [error]), ...reader.notes, ...crowd] };
    });
  }

  /** The names of all series, sorted. */
  get names(): readonly string[] {
    return [...new Set(this.followed.flatMap(({ reader }) => reader.table.names))].sort();
  }

  /** One series over all files; where two have a value at a step, the later file's counts. Null when there is none. */
  metric(name: string): NamedMetric | null {
    const parts = this.followed.flatMap(({ name: { path }, reader }) => {
      const points = reader.table.points(name);
      return points === null ? [] : [{ path, points }];
    });
    const values = new Map(parts.flatMap(({ points }) => points.steps.map((step, place) => [step, points.values[place] ?? null] as const)));
    const steps = [...values.keys()].sort((a, b) => a - b);
    if (steps.length === 0) return null;
    return { name, steps, values: steps.map((step) => values.get(step) ?? null), files: parts.map(({ path }) => path) };
  }

  /** Looks for new files now and then, and takes in what is new, at most about `budget` bytes; true when something is. */
  poll(budget: number, now: number): { readonly changed: boolean; readonly more: boolean } {
    const found = now - this.searchedAt >= searchMs ? findMetricFiles(this.source, this.folders) : undefined;
    let changed = found !== undefined && found !== null && this.follow(found, now);
    let [left, more] = [budget, found === null];
    for (const followed of this.followed) {
      if (left <= 0) return { changed, more: true };
      const poll = pollFile(followed, left, now);
      changed ||= poll.changed;
      more ||= poll.more;
      // A reader that has more used its budget up.
      if (poll.more) left = 0;
    }
    return { changed, more };
  }

  private follow(found: readonly MetricFileName[], now: number): boolean {
    this.searchedAt = now;
    const before = this.followed;
    const known = new Map(before.map((followed) => [followed.name.path, followed]));
    this.followed = found.map((name) => known.get(name.path) ?? { name, reader: readers[name.kind](name.path), error: null });
    return this.followed.length !== before.length || this.followed.some((followed, place) => followed !== before[place]);
  }
}

function pollFile(followed: FollowedMetrics, budget: number, now: number): { readonly changed: boolean; readonly more: boolean } {
  const before = followed.error;
  try {
    const poll = followed.reader.poll(budget, now);
    followed.error = null;
    return { ...poll, changed: poll.changed || before !== null };
  } catch (error) {
    // What was read before stays; the reason is shown beside it.
    followed.error = messageOf(error);
    return { changed: followed.error !== before, more: false };
  }
}
