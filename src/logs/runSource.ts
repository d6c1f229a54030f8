import { createHash } from 'node:crypto';
import { readdirSync, type Dirent } from 'node:fs';
import path from 'node:path';
import { readFirstRow } from './firstRow';
import { cdasSamplingFormat } from './formats/cdasSamplingLog';
import { neutralFormat } from './formats/neutral';
import { verlFormat } from './formats/verl';
import type { RunConfig } from './hydraConfig';
import type { LogFileName, LogFormat } from './logFormat';

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
}

/** The formats in the order in which they are tried on a directory. Adding a format means adding it here. */
const formats: readonly LogFormat[] = [verlFormat, neutralFormat, cdasSamplingFormat];
/** So many files of a directory are looked into before it counts as no log. */
const maxProbes = 8;
/** Directory names that say nothing about the run they belong to. */
const genericNames = new Set(['rollouts', 'rollout', 'rollout_data', 'train', 'dump', 'dumps', 'data', 'logs', 'log', 'sampling_log']);

/** The log that lies in a directory: its format and generation; null when none of its files is a rollout log. */
export function recogniseLog(directory: string, entries: readonly Dirent[]): { readonly format: LogFormat; readonly variant: string } | null {
  const names = fileNames(entries);
  for (const format of formats) {
    for (const { name } of format.logFiles(names).slice(0, maxProbes)) {
      const variant = recogniseFile(path.join(directory, name), format);
      if (variant !== null) return { format, variant };
    }
  }
  return null;
}

function recogniseFile(file: string, format: LogFormat): string | null {
  const row = readFirstRow(file);
  if (row !== null) return format.recogniseRow(row);
  // A document is one JSON text over many lines: its name is what it is known by.
  return format.kind === 'document' ? 'sampling log' : null;
}

/** The log files that a run has now. Throws what the file system throws. */
export function listLogFiles(source: RunSource): readonly LogFileName[] {
  return source.format.logFiles(fileNames(readdirSync(source.logPath, { withFileTypes: true })));
}

/** Whether a file in a log directory is one of the run's; only asked for formats whose names do not tell. */
export function isLogFile(source: RunSource, file: LogFileName): boolean {
  return file.step !== null || recogniseFile(path.join(source.logPath, file.name), source.format) !== null;
}

function fileNames(entries: readonly Dirent[]): string[] {
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

/** Describes the run whose log lies in `logPath`. */
export function describeRun(logPath: string, log: { readonly format: LogFormat; readonly variant: string }, config: RunConfig | null): RunSource {
  const runPath = config?.launchDirectory ?? firstTellingDirectory(logPath);
  const name = config?.name ?? path.basename(firstTellingDirectory(logPath));
  const digest = createHash('sha1').update(logPath).digest('hex').slice(0, 6);
  return { id: `${name}-${digest}`, name, path: runPath, logPath, format: log.format, variant: log.variant, config };
}

function firstTellingDirectory(directory: string): string {
  let telling = directory;
  while (genericNames.has(path.basename(telling)) && path.dirname(telling) !== telling) telling = path.dirname(telling);
  return telling;
}
