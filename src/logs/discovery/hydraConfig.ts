import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { isRecord } from '../../core/json';

/** What a trainer's own configuration says about its logs. Paths are absolute. */
export interface RunConfig {
  readonly configFile: string;
  readonly launchDirectory: string;
  /** Whether it configures a verl training. */
  readonly isVerl: boolean;
  readonly rolloutDirectory: string | null;
  readonly validationDirectory: string | null;
  /** The training data, as configured; only some of it may be readable here. */
  readonly trainFiles: readonly string[];
  readonly name: string | null;
  /** Names, with the run's own name, where its metrics lie. */
  readonly projectName: string | null;
  /** Rollouts per prompt. */
  readonly groupSize: number | null;
  /** The setting that says so. */
  readonly groupSizeSetting: string;
  /** The setting by which groups with uniform reward are dropped before the log is written; null where they are kept. */
  readonly groupFilter: string | null;
}

const groupFilter = 'algorithm.filter_groups.enable';
const maxConfigBytes = 1 << 22;
const maxInterpolations = 8;

/** Reads `…/.hydra/config.yaml`; null when it cannot be read or is no such configuration. */
export function readHydraConfig(configFile: string): RunConfig | null {
  const config = readYaml(configFile);
  if (config === null) return null;
  const launchDirectory = launchDirectoryOf(configFile);
  const value = (dotted: string): unknown => interpolate(config, lookUp(config, dotted), maxInterpolations);
  const directory = (dotted: string): string | null => {
    const text = value(dotted);
    return typeof text === 'string' && text !== '' ? path.resolve(launchDirectory, text) : null;
  };
  const files = value('data.train_files');
  const names = Array.isArray(files) ? files : [files];
  const groupSize = value('actor_rollout_ref.rollout.n');
  const textOf = (dotted: string): string | null => {
    const text = value(dotted);
    return typeof text === 'string' && text !== '' ? text : null;
  };
  return {
    configFile,
    launchDirectory,
    isVerl: isRecord(config['actor_rollout_ref']) && isRecord(config['trainer']),
    rolloutDirectory: directory('trainer.rollout_data_dir'),
    validationDirectory: directory('trainer.validation_data_dir'),
    trainFiles: names.filter((file) => typeof file === 'string').map((file) => path.resolve(launchDirectory, file)),
    name: textOf('trainer.experiment_name'),
    projectName: textOf('trainer.project_name'),
    groupSize: typeof groupSize === 'number' ? groupSize : null,
    groupSizeSetting: 'actor_rollout_ref.rollout.n',
    groupFilter: value(groupFilter) === true ? groupFilter : null,
  };
}

/** hydra writes `{launch}/outputs/{date}/{time}/.hydra`, and newer releases also the launch directory itself. */
function launchDirectoryOf(configFile: string): string {
  const hydra = readYaml(path.join(path.dirname(configFile), 'hydra.yaml'));
  const recorded = hydra === null ? undefined : lookUp(hydra, 'hydra.runtime.cwd');
  if (typeof recorded === 'string' && isDirectory(recorded)) return recorded;
  const outputDirectory = path.dirname(path.dirname(configFile));
  const inOutputs = path.basename(path.dirname(path.dirname(outputDirectory))) === 'outputs';
  return inOutputs ? path.resolve(outputDirectory, '../../..') : outputDirectory;
}

function isDirectory(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
}

function readYaml(file: string): Record<string, unknown> | null {
  try {
    if (statSync(file).size > maxConfigBytes) return null;
    const parsed: unknown = parse(readFileSync(file, 'utf8'), { maxAliasCount: 100 });
    return isRecord(parsed) ? parsed : null;
  } catch {
    // No configuration is a usual state; the run is then known by its log alone.
    return null;
  }
}

function lookUp(config: Record<string, unknown>, dotted: string): unknown {
  let value: unknown = config;
  for (const key of dotted.split('.')) value = isRecord(value) ? value[key] : undefined;
  return value;
}

function interpolate(config: Record<string, unknown>, value: unknown, depth: number): unknown {
  if (typeof value !== 'string' || depth === 0 || !value.includes('${')) return value;
  const replaced = value.replace(/\$\{([\w.]+)\}/g, (whole, dotted: string) => {
    const found = lookUp(config, dotted);
    return typeof found === 'string' || typeof found === 'number' ? String(found) : whole;
  });
  return replaced === value ? value : interpolate(config, replaced, depth - 1);
}
