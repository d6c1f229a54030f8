import { homedir } from 'node:os';
import * as path from 'node:path';
import type { CdasMode } from '../core/cdas';
import { parseFieldMappings } from '../core/fieldMapping';
import { isRecord } from '../core/json';
import type { StrategyChoice, Warmup } from '../core/samplerStrategy';
import { strategySpec } from '../core/strategies/strategySpecs';
import type { EngineSettings } from '../protocol/engineApi';

/** Where the figures of an annotation stand on their line. */
export type AnnotationPosition = 'auto' | 'lineEnd' | 'lineStart';

/** The settings under `cdasLens.`, as package.json declares them. */
export interface Settings {
  readonly runRoots: readonly string[];
  readonly curationDirectory: string;
  readonly mode: CdasMode;
  readonly correctThreshold: number | null;
  readonly dataset: string | null;
  /** Patterns of JSONL files, each with the fields that hold what a rollout is read from. */
  readonly fieldMapping: Readonly<Record<string, unknown>>;
  /** `unchanged`: as sampler.json says. */
  readonly 'sampler.strategy': string;
  readonly 'sampler.seed': number | null;
  readonly 'sampler.warmup': Warmup | 'unchanged';
  readonly 'sampler.parameters': Readonly<Record<string, unknown>>;
  readonly pollIntervalMs: number;
  readonly watch: 'auto' | 'poll';
  readonly 'annotations.enabled': boolean;
  readonly 'annotations.position': AnnotationPosition;
  readonly 'annotations.recentVisits': number;
}

/** What holds where nothing is set. package.json repeats these; a unit test compares them. */
export const settingDefaults: Settings = {
  runRoots: [],
  curationDirectory: '.cdas',
  mode: 'paper',
  correctThreshold: null,
  dataset: null,
  fieldMapping: {},
  'sampler.strategy': 'unchanged',
  'sampler.seed': null,
  'sampler.warmup': 'unchanged',
  'sampler.parameters': {},
  pollIntervalMs: 1000,
  watch: 'auto',
  'annotations.enabled': true,
  'annotations.position': 'auto',
  'annotations.recentVisits': 3,
};

const guards: { readonly [Key in keyof Settings]: (value: unknown) => boolean } = {
  runRoots: (value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string'),
  curationDirectory: (value) => typeof value === 'string' && value.trim() !== '',
  mode: (value) => value === 'paper' || value === 'official-compat',
  correctThreshold: (value) => value === null || (typeof value === 'number' && Number.isFinite(value)),
  dataset: (value) => value === null || (typeof value === 'string' && value.trim() !== ''),
  // A mapping that cannot be used is left out alone, when the engine's settings are made.
  fieldMapping: isRecord,
  'sampler.strategy': (value) => value === 'unchanged' || (typeof value === 'string' && strategySpec(value) !== undefined),
  'sampler.seed': (value) => value === null || Number.isSafeInteger(value),
  'sampler.warmup': (value) => value === 'unchanged' || value === 'first-epoch' || value === 'none',
  // Whether they fit the strategy shows when they are compiled, as the strategy may be the one in sampler.json.
  'sampler.parameters': (value) => isRecord(value) && Object.values(value).every((entry) => typeof entry === 'number'),
  pollIntervalMs: (value) => typeof value === 'number' && value >= 100 && value <= 3_600_000,
  watch: (value) => value === 'auto' || value === 'poll',
  'annotations.enabled': (value) => typeof value === 'boolean',
  'annotations.position': (value) => value === 'auto' || value === 'lineEnd' || value === 'lineStart',
  'annotations.recentVisits': (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 20,
};

/**
 * The value of one setting: what `read` gives if it has the right shape, else the default; settings files are edited
 * by hand. `onInvalid` hears of a value that is not used.
 */
export function settingValue<Key extends keyof Settings>(
  key: Key,
  read: (key: string) => unknown,
  onInvalid: (key: string) => void = () => undefined,
): Settings[Key] {
  const value = read(key);
  // The guard of this key has just checked the shape.
  if (value !== undefined && guards[key](value)) return value as Settings[Key];
  if (value !== undefined) onInvalid(key);
  return settingDefaults[key];
}

/** A path as a person writes it, made absolute: `~`, `${workspaceFolder}`, relative to the folder. */
export function resolvePath(written: string, folder: string | null): string | null {
  const text = written.trim();
  const home = text === '~' || /^~[\\/]/.test(text) ? path.join(homedir(), text.slice(1)) : text;
  if (home.includes('${workspaceFolder}') && folder === null) return null;
  const expanded = home.replaceAll('${workspaceFolder}', folder ?? '');
  if (path.isAbsolute(expanded)) return path.resolve(expanded);
  return folder === null ? null : path.resolve(folder, expanded);
}

/** Those of the workspace folders that lie on a disk: logs are read from them, decisions and the trainer package written. */
export function foldersOnDisk<Folder extends { readonly uri: { readonly scheme: string } }>(folders: readonly Folder[] | undefined): readonly Folder[] {
  return (folders ?? []).filter(({ uri }) => uri.scheme === 'file');
}

/** One workspace folder with the run roots that are set for it. */
export interface FolderRoots {
  readonly folder: string;
  readonly runRoots: readonly string[];
}

/** What `engineSettings` needs besides the settings themselves. */
export interface Surroundings {
  /** The workspace folders in order; each is a place to search for runs. */
  readonly folders: readonly FolderRoots[];
  /** A directory for the curation files when no folder is open; nothing is written there. */
  readonly fallbackDirectory: string;
  readonly trusted: boolean;
  readonly author: string;
}

/** The engine's settings: every path absolute, roots without doubles, writing only where it is allowed. */
export function engineSettings(settings: Settings, around: Surroundings): EngineSettings {
  const first = around.folders[0]?.folder ?? null;
  const curation = resolvePath(settings.curationDirectory, first);
  return {
    roots: searchRoots(settings, around.folders),
    curationDirectory: curation ?? path.join(around.fallbackDirectory, '.cdas'),
    mode: settings.mode,
    correctThreshold: settings.correctThreshold,
    dataset: settings.dataset === null ? null : resolvePath(settings.dataset, first),
    fieldMappings: parseFieldMappings(settings.fieldMapping).mappings,
    sampler: strategyChoice(settings),
    pollMs: settings.pollIntervalMs,
    watch: settings.watch,
    canWrite: around.trusted && curation !== null,
    author: around.author,
  };
}

function strategyChoice(settings: Settings): StrategyChoice {
  const { 'sampler.strategy': name, 'sampler.warmup': warmup } = settings;
  return {
    name: name === 'unchanged' ? null : name,
    seed: settings['sampler.seed'],
    warmup: warmup === 'unchanged' ? null : warmup,
    // VS Code hands out a proxy, which cannot be sent to the engine.
    parameters: { ...settings['sampler.parameters'] },
  };
}

function searchRoots(settings: Settings, folders: readonly FolderRoots[]): string[] {
  return [...new Set([...folders.map(({ folder }) => path.resolve(folder)), ...writtenRoots(settings, folders).flatMap(({ directory }) => directory ?? [])])];
}

/** A run root as it is set. `directory`: its absolute path, null where it starts at a folder and none is open. */
export interface RunRoot {
  readonly written: string;
  readonly directory: string | null;
}

/** The run roots that are set; blank ones name nothing. */
export function writtenRoots(settings: Pick<Settings, 'runRoots'>, folders: readonly FolderRoots[]): readonly RunRoot[] {
  const written = folders.length > 0 ? folders : [{ folder: null, runRoots: settings.runRoots }];
  return written.flatMap(({ folder, runRoots }) =>
    runRoots.filter((root) => root.trim() !== '').map((root) => ({ written: root, directory: resolvePath(root, folder) })),
  );
}
