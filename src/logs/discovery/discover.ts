import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { valueAt, type FieldMapping } from '../../core/fieldMapping';
import { printable } from '../../core/printable';
import { isMapped } from '../formats/mapped';
import type { Folder } from '../logFormat';
import { describeRuns, recogniseLog, type RunSource } from '../runSource';
import { searchDirectories } from './directorySearch';
import { readFirstRow } from './firstRow';
import { readHydraConfig, type RunConfig } from './hydraConfig';
import { isWithin } from './lostRuns';
import { silentVerl } from './silentLogs';
import { isValidation } from './validationDump';

/** What a search found. */
export interface Discovery {
  readonly runs: readonly RunSource[];
  /** What could not be searched, each with the reason. */
  readonly problems: readonly string[];
  /** The places that could not be searched: a run in one of them may be there all the same. */
  readonly unsearched: readonly string[];
}

/** Directories that never hold runs, however deep they are. */
const skippedNames = new Set(['node_modules', '__pycache__', 'site-packages', 'venv', 'wandb', 'tensorboard_log', 'dist-packages']);
const checkpointName = /^(?:global_step_|checkpoint-)\d+$/;
/** A log's files lie at most so many directories deep in it. */
const maxLogDepth = 4;
const maxKeysNamed = 12;

interface Walk {
  readonly mappings: readonly FieldMapping[];
  readonly logs: Map<string, NonNullable<ReturnType<typeof recogniseLog>>>;
  /** Those of the logs that hold validation, unless a configuration says otherwise. */
  readonly validation: Set<string>;
  readonly configs: RunConfig[];
  readonly problems: string[];
}

/**
 * Searches directories for runs, a few levels deep. Symbolic links are not followed: a linked log directory is found
 * when it is given as a root itself.
 */
export async function discoverRuns(roots: readonly string[], mappings: readonly FieldMapping[] = []): Promise<Discovery> {
  const walk: Walk = { mappings, logs: new Map(), validation: new Set(), configs: [], problems: [] };
  const gaps = await searchDirectories(roots, (directory, folder) => {
    const log = noteDirectory(walk, directory, folder);
    return (name) => isSkipped(name) || isOwned(name, log);
  });
  return { runs: linkRuns(walk), problems: [...gaps.problems, ...walk.problems], unsearched: gaps.places };
}

/**
 * The runs at a path that a person named: the run directory, or the directory with the log files (then its
 * configuration is sought above it).
 */
export async function openRuns(target: string, mappings: readonly FieldMapping[] = []): Promise<Discovery> {
  const directory = path.resolve(target);
  if (statSync(directory, { throwIfNoEntry: false })?.isFile()) return openRuns(path.dirname(directory), mappings);
  const found = await discoverRuns([directory], mappings);
  const own = ownLog(directory, mappings);
  if (own === null) return found.runs.length > 0 ? found : { ...found, runs: runAround(directory) };
  const configs = configsAbove(directory);
  const config = configs.find(({ rolloutDirectory }) => rolloutDirectory === directory) ?? null;
  const holdsValidation = config === null && (isValidation(directory, own) || configs.some(({ validationDirectory }) => validationDirectory === directory));
  const runs = describeRuns(directory, { ...own, ...(holdsValidation && { holdsValidation }) }, config);
  return { ...found, runs: [...runs, ...found.runs.filter((other) => other.logPath !== directory)] };
}

/** The run whose log a directory is deep inside of, such as one step of a log that has a directory for each. */
function runAround(directory: string): readonly RunSource[] {
  for (let above = path.dirname(directory), level = 0; level < maxLogDepth; level++, above = path.dirname(above)) {
    const log = ownLog(above, []);
    if (log !== null) return describeRuns(above, log, null);
  }
  return [];
}

function ownLog(directory: string, mappings: readonly FieldMapping[]): ReturnType<typeof recogniseLog> {
  try {
    return recogniseLog(directory, mappings);
  } catch {
    // The search has already reported why the directory cannot be read.
    return null;
  }
}

/** What lies in the tree of a log is that log's. */
function isOwned(name: string, log: ReturnType<typeof recogniseLog>): boolean {
  return log?.format.ownsFolder?.test(name) === true;
}

function isSkipped(name: string): boolean {
  return name.startsWith('.') || skippedNames.has(name) || checkpointName.test(name);
}

function noteDirectory(walk: Walk, directory: string, folder: Folder): ReturnType<typeof recogniseLog> {
  if (folder.folders.includes('.hydra')) {
    const config = readHydraConfig(path.join(directory, '.hydra', 'config.yaml'));
    if (config !== null) walk.configs.push(config);
  }
  const log = recogniseLog(directory, walk.mappings, folder);
  for (const name of log === null ? folder.files : []) noteUnfitMapping(walk, path.join(directory, name));
  if (log !== null) walk.logs.set(directory, log);
  if (log !== null && isValidation(directory, log, folder)) walk.validation.add(directory);
  return log;
}

function noteUnfitMapping(walk: Walk, file: string): void {
  const mapping = walk.mappings.find((each) => isMapped(each, file));
  if (mapping === undefined) return;
  walk.problems.push(`${file} matches the field mapping “${mapping.glob}”, but ${unfitReason(mapping, readFirstRow(file))}`);
}

function unfitReason({ fields }: FieldMapping, row: Record<string, unknown> | null): string {
  if (row === null) return 'it has no first row that can be read';
  const lacking = Object.entries(fields).filter(([, at]) => valueAt(row, at) === undefined);
  const named = lacking.map(([field, at]) => `${field} “${at}”`).join(', ');
  return `its first row lacks fields that the mapping names (${named}); it has ${Object.keys(row).slice(0, maxKeysNamed).map((key) => `“${printable(key)}”`).join(', ')}`;
}

/** Joins logs with the newest configuration that names their directory, and drops what is validation. */
function linkRuns(walk: Walk): RunSource[] {
  const configs = [...walk.configs].sort((a, b) => (a.configFile < b.configFile ? 1 : -1));
  const validation = new Set(configs.map((config) => config.validationDirectory));
  const runs: RunSource[] = [];
  for (const [directory, log] of walk.logs) {
    const config = configs.find((candidate) => candidate.rolloutDirectory === directory) ?? null;
    if (config === null && (validation.has(directory) || walk.validation.has(directory))) continue;
    runs.push(...describeRuns(directory, log, config ?? configsAbove(directory).find((above) => above.rolloutDirectory === directory) ?? null));
  }
  const all = withoutSilentDuplicates([...runs, ...silentLaunches(configs, runs)]);
  return all.map((run) => {
    const shared = all.some((other) => other !== run && other.path === run.path);
    return shared ? { ...run, path: run.logPath } : run;
  });
}

/** verl launches whose newest configuration writes no rollouts. */
function silentLaunches(configs: readonly RunConfig[], runs: readonly RunSource[]): RunSource[] {
  const newest = new Map([...configs].reverse().map((config) => [config.launchDirectory, config]));
  return [...newest.values()]
    .filter((config) => config.isVerl && config.rolloutDirectory === null && !runs.some((run) => run.config?.launchDirectory === config.launchDirectory))
    .flatMap((config) => describeRuns(config.launchDirectory, silentVerl(config.launchDirectory), config));
}

/** A run without rollouts is of no interest where a log lies in, above or below its directory. */
function withoutSilentDuplicates(runs: readonly RunSource[]): readonly RunSource[] {
  const logs = runs.filter(({ advice }) => advice === undefined).map(({ logPath }) => logPath);
  const isBeside = ({ logPath }: RunSource): boolean => logs.some((log) => isWithin(log, logPath) || isWithin(logPath, log));
  return runs.filter((run) => run.advice === undefined || !isBeside(run));
}

/** The configurations that launches from a directory's ancestors left in their `outputs`. */
function configsAbove(directory: string): RunConfig[] {
  const configs: RunConfig[] = [];
  for (let above = directory, level = 0; level < 4; level++, above = path.dirname(above)) {
    for (const day of directoriesIn(path.join(above, 'outputs'))) {
      for (const launch of directoriesIn(day)) {
        const config = readHydraConfig(path.join(launch, '.hydra', 'config.yaml'));
        if (config !== null) configs.push(config);
      }
    }
  }
  return configs.sort((a, b) => (a.configFile < b.configFile ? 1 : -1));
}

function directoriesIn(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => path.join(directory, entry.name));
  } catch {
    // Most directories have no `outputs`.
    return [];
  }
}
