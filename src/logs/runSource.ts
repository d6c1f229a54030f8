import { createHash } from 'node:crypto';
import path from 'node:path';
import type { FieldMapping } from '../core/fieldMapping';
import { FolderReader } from './files/folderReader';
import { arealFormat } from './formats/areal';
import { cdasSamplingFormat } from './formats/cdasSamplingLog';
import { groupsFileFormat } from './formats/groupsFile';
import { msSwiftFormat } from './formats/msSwift';
import { mappedFormat } from './formats/mapped';
import { nemoRlFormat } from './formats/nemoRl';
import { neutralFormat } from './formats/neutral';
import { openInstructFormat } from './formats/openInstruct';
import { primeRlFormat } from './formats/primeRl';
import { primeRlStreamFormat } from './formats/primeRlStream';
import { rllmFormat } from './formats/rllm';
import { rollFormat } from './formats/roll';
import { skyRlFormat } from './formats/skyRl';
import { tinkerFormat } from './formats/tinker';
import { trlFormat } from './formats/trl';
import { verlFormat } from './formats/verl';
import type { RunConfig } from './discovery/hydraConfig';
import type { Folder, LogFileName, LogFormat } from './logFormat';
import { readShape } from './discovery/logShape';
import { recogniseSilentLog } from './discovery/silentLogs';

/** A run on disk: where its log lies and how to read it. */
export interface RunSource {
  /** Stable for a log directory; readable, unique. */
  readonly id: string;
  readonly name: string;
  /** The run directory; the log directory itself where one directory holds several runs. */
  readonly path: string;
  readonly logPath: string;
  readonly format: LogFormat;
  readonly variant: string;
  readonly config: RunConfig | null;
  /** The experiment whose files are the run's, where the directory holds those of several. */
  readonly experiment?: string;
  /** What to switch on where the run's rollouts are not there to read. */
  readonly advice?: string;
  /** The line that does it, where it is one. */
  readonly setting?: string;
  /** Set where a person opened a directory with the rollouts of validation, which are logged like those of training. */
  readonly holdsValidation?: true;
}

/** A log as it was recognised. */
export interface RecognisedLog {
  readonly format: LogFormat;
  readonly variant: string;
  readonly advice?: string;
  readonly setting?: string;
  readonly holdsValidation?: true;
}

/** The formats in the order in which they are tried on a directory. Adding a format means adding it here. */
const formats: readonly LogFormat[] = [
  verlFormat,
  primeRlFormat,
  primeRlStreamFormat,
  trlFormat,
  msSwiftFormat,
  nemoRlFormat,
  arealFormat,
  rollFormat,
  rllmFormat,
  openInstructFormat,
  skyRlFormat,
  tinkerFormat,
  neutralFormat,
  groupsFileFormat,
  cdasSamplingFormat,
];
/** So many files of a directory are looked into before it counts as no log. */
const maxProbes = 8;
/** Directory names that say nothing about the run they belong to. */
const genericNames = new Set(['rollouts', 'rollout', 'rollout_data', 'train', 'dump', 'dumps', 'data', 'logs', 'log', 'sampling_log', 'completions', 'rollout_dump', 'dumped_evals', 'exports', 'episodes', 'traces', 'stream', 'file', 'monitors']);

/** The log that lies in a directory: its format and generation, or what to switch on; null when nothing there tells of a run. */
export function recogniseLog(directory: string, mappings: readonly FieldMapping[] = [], folder = new FolderReader().open(directory)): RecognisedLog | null {
  // What a person says of a file comes first.
  for (const format of [...mappings.map((mapping) => mappedFormat(mapping, directory)), ...formats]) {
    let probes = 0;
    for (const { name } of format.logFiles(folder)) {
      if (++probes > maxProbes) break;
      const variant = recogniseFile(directory, name, format);
      if (variant !== null) return { format, variant };
    }
  }
  return recogniseSilentLog(directory, folder);
}

function recogniseFile(directory: string, name: string, format: LogFormat): string | null {
  const shape = readShape(path.join(directory, name), format.kind);
  return shape === null ? null : format.recogniseRow(shape, name);
}

const readers = new WeakMap<RunSource, FolderReader>();

/** What tells another thread of this program which format a run has. */
export type FormatName = { readonly index: number } | { readonly mapping: FieldMapping; readonly directory: string };

/** The name of a run's format. */
export function formatNameOf({ format, logPath }: RunSource): FormatName {
  return format.mapping === undefined ? { index: formats.indexOf(format) } : { mapping: format.mapping, directory: logPath };
}

/** The format of a name. */
export function formatOf(name: FormatName): LogFormat {
  const format = 'index' in name ? formats[name.index] : mappedFormat(name.mapping, name.directory);
  if (format === undefined) throw new RangeError('no such format');
  return format;
}

/** The log files that a run has now. Throws what the file system throws. */
export function listLogFiles(source: RunSource): readonly LogFileName[] {
  return filesIn(source, readerOf(source).open(source.logPath));
}

/** The same in turns: null where the next look goes on listing. As long as nothing changes it is the same array. */
export function lookForLogFiles(source: RunSource): readonly LogFileName[] | null {
  const reader = readerOf(source);
  const files = filesIn(source, reader.look(source.logPath));
  return reader.isUnfinished ? null : files;
}

function readerOf(source: RunSource): FolderReader {
  const reader = readers.get(source) ?? new FolderReader();
  readers.set(source, reader);
  return reader;
}

function filesIn({ format, experiment }: RunSource, folder: Folder): readonly LogFileName[] {
  const listed = format.logFiles(folder);
  const files = isList(listed) ? listed : [...listed];
  return experiment === undefined ? files : files.filter(({ name }) => format.experimentOf?.(name) === experiment);
}

function isList(files: Iterable<LogFileName>): files is readonly LogFileName[] {
  return Array.isArray(files);
}

/** Why parts of the log could not be listed at that look; what is known of them is listed all the same. */
export function listingFaults(source: RunSource): readonly string[] {
  return readers.get(source)?.faults ?? [];
}

/** Whether a file in a log directory is one of the run's; looked into only where names do not tell. */
export function isLogFile(source: RunSource, file: LogFileName): boolean {
  return !source.format.namesAreVague || recogniseFile(source.logPath, file.name, source.format) !== null;
}

/**
 * Describes the runs whose log lies in `logPath`, which are several where it holds the files of several experiments;
 * `linked` is a configuration elsewhere that names that directory.
 */
export function describeRuns(logPath: string, log: RecognisedLog, linked: RunConfig | null): readonly RunSource[] {
  const config = linked ?? log.format.readConfig?.(logPath) ?? null;
  const experiments = experimentsIn(logPath, log.format);
  return experiments.length < 2 ? [describeRun(logPath, log, config)] : experiments.map((experiment) => describeRun(logPath, log, config, experiment));
}

function experimentsIn(logPath: string, { experimentOf, logFiles }: LogFormat): readonly string[] {
  return experimentOf === undefined ? [] : [...new Set(Array.from(logFiles(new FolderReader().open(logPath)), ({ name }) => experimentOf(name)))];
}

function describeRun(logPath: string, log: RecognisedLog, config: RunConfig | null, experiment?: string): RunSource {
  const runPath = config?.launchDirectory ?? firstTellingDirectory(logPath);
  const name = experiment ?? config?.name ?? path.basename(firstTellingDirectory(logPath));
  // Where a log appears later, it is another run.
  const key = log.advice === undefined ? logPath : `${logPath} ${log.variant}`;
  const digest = createHash('sha1').update(experiment === undefined ? key : `${key} ${experiment}`).digest('hex').slice(0, 6);
  return { id: `${name}-${digest}`, name, path: runPath, logPath, config, ...log, ...(experiment !== undefined && { experiment }) };
}

function firstTellingDirectory(directory: string): string {
  let telling = directory;
  while (genericNames.has(path.basename(telling)) && path.dirname(telling) !== telling) telling = path.dirname(telling);
  return telling;
}
