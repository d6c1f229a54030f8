import { existsSync } from 'node:fs';
import path from 'node:path';
import type { RunConfig } from './hydraConfig';
import { configBesideLog, readJsonConfig } from './jsonConfig';

/** A training is launched at most so many directories above its output: `{launch}/output/{model}/v0-…`. */
const maxLaunchHeight = 3;

/** Reads the `args.json` that ms-swift writes into its output directory; null when there is none that can be read. */
export function readSwiftArgs(directory: string): RunConfig | null {
  const configFile = path.join(directory, 'args.json');
  const args = readJsonConfig(configFile);
  if (args === null) return null;
  const { num_generations: groupSize, dataset } = args;
  const names = Array.isArray(dataset) ? dataset : [dataset];
  return {
    ...configBesideLog(configFile),
    trainFiles: names.filter((name) => typeof name === 'string').map((name) => resolveDataset(directory, name)),
    groupSize: typeof groupSize === 'number' ? groupSize : null,
    groupSizeSetting: 'num_generations',
    groupFilter: args['dynamic_sample'] === true ? 'dynamic_sample' : null,
  };
}

/** Names are relative to where the training was launched, which the file does not say; `#500` takes a part of the rows. */
function resolveDataset(directory: string, name: string): string {
  const file = name.replace(/#\d+$/, '');
  for (let above = directory, height = 0; height <= maxLaunchHeight; height++, above = path.dirname(above)) {
    const candidate = path.resolve(above, file);
    if (existsSync(candidate)) return candidate;
  }
  return path.resolve(directory, file);
}
