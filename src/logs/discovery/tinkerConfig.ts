import path from 'node:path';
import { isRecord } from '../../core/json';
import type { RunConfig } from './hydraConfig';
import { configBesideLog, readJsonConfig } from './jsonConfig';

const groupFilter = 'remove_constant_reward_groups';

/** Reads the `config.json` that tinker-cookbook writes beside its iterations; null when there is none of its kind. */
export function readTinkerConfig(directory: string): RunConfig | null {
  const configFile = path.join(directory, 'config.json');
  const config = readJsonConfig(configFile);
  if (config === null || !(groupFilter in config)) return null;
  const builder = config['dataset_builder'];
  const groupSize = isRecord(builder) ? builder['group_size'] : null;
  // Where groups come in one by one they are dropped before they are logged, else after it.
  const comesInOneByOne = isRecord(config['async_config']) || isRecord(config['stream_minibatch_config']);
  return {
    ...configBesideLog(configFile),
    groupSize: typeof groupSize === 'number' ? groupSize : null,
    groupSizeSetting: 'dataset_builder.group_size',
    groupFilter: config[groupFilter] === true && comesInOneByOne ? groupFilter : null,
  };
}
