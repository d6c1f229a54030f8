import { unchangedStrategy, type StrategyChoice } from '../core/samplerStrategy';
import { strategySpecs } from '../core/strategies/strategySpecs';
import { numberOption, textOption, UsageError, wordOption, type Invocation, type OptionSpec } from './command';

/** Options that choose how the trainer samples; what is left out stays as sampler.json has it. */
export const strategyOptions: readonly OptionSpec[] = [
  { name: 'strategy', value: 'NAME', help: `${strategySpecs.map(({ name }) => name).join(', ')}; default: as sampler.json says, else cdas` },
  { name: 'seed', value: 'N', help: 'the seed of its random draws' },
  { name: 'warmup', value: 'W', help: 'first-epoch (the first pass over the dataset is uniform) or none' },
  { name: 'param', value: 'NAME=X', help: 'a parameter of the strategy; can be repeated', repeatable: true },
];

/** Reads the options above. Throws a UsageError. */
export function strategyChoice(invocation: Invocation): StrategyChoice {
  return {
    ...unchangedStrategy,
    name: wordOption(invocation, 'strategy', strategySpecs.map(({ name }) => name)),
    seed: numberOption(invocation, 'seed', { integer: true }),
    warmup: wordOption(invocation, 'warmup', ['first-epoch', 'none']),
    parameters: Object.fromEntries((textOption(invocation, 'param')?.split(',') ?? []).map(readParameter)),
  };
}

function readParameter(text: string): [string, number] {
  const [, name, value] = /^\s*([A-Za-z]\w*)\s*=\s*(\S+)\s*$/.exec(text) ?? [];
  const number = Number(value);
  if (name === undefined || !Number.isFinite(number)) throw new UsageError(`--param takes NAME=NUMBER, not ${JSON.stringify(text)}`);
  return [name, number];
}
