import type { CdasMode } from '../core/cdas';
import { numberOption, textOption, wordOption, type Invocation, type OptionSpec } from './command';

/** How a run is opened, from the options of the command line. */
export interface SessionOptions {
  readonly mode: CdasMode;
  readonly threshold: number | null;
  readonly dataset: string | null;
  readonly directory: string;
}

/** Options that say how a run is rated. */
export const ratingOptions: readonly OptionSpec[] = [
  { name: 'dataset', value: 'FILE', help: 'the dataset (JSONL); default: the one that the run names, if it is there' },
  { name: 'mode', value: 'M', help: 'paper (default) or official-compat' },
  { name: 'threshold', value: 'X', help: 'a rollout is correct when its reward is at least X; default: inferred' },
];

/** The option that names the curation directory. */
export const directoryOption: OptionSpec = { name: 'dir', value: 'DIR', help: 'the curation directory; default: .cdas' };

/** Reads the options above. Throws a UsageError. */
export function sessionOptions(invocation: Invocation): SessionOptions {
  return {
    mode: wordOption(invocation, 'mode', ['paper', 'official-compat']) ?? 'paper',
    threshold: numberOption(invocation, 'threshold'),
    dataset: textOption(invocation, 'dataset'),
    directory: textOption(invocation, 'dir') ?? '.cdas',
  };
}
