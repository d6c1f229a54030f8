import { readFileSync } from 'node:fs';
import { errorCode, isMissing } from '../core/errors';
import type { CdasMode } from '../core/cdas';
import { parseFieldMappings, type FieldMapping } from '../core/fieldMapping';
import type { ReadingAids } from '../engine/reading/readingAids';
import { explainFault } from '../logs/files/readFault';
import { ExpectedError } from '../protocol/channel';
import { numberOption, textOption, wordOption, type Invocation, type OptionSpec } from './command';
import { noCacheOption, readingAids } from './readingAids';

/** How a run is opened, from the options of the command line. */
export interface SessionOptions {
  readonly mode: CdasMode;
  readonly threshold: number | null;
  readonly dataset: string | null;
  readonly mappings: readonly FieldMapping[];
  readonly directory: string;
  readonly aids: ReadingAids;
}

/** The option that names a file of field mappings. */
export const mappingOption: OptionSpec = { name: 'mapping', value: 'FILE', help: 'how to read JSONL of another format: {"glob": {"prompt": "path.to.it", "reward": …}}' };

/** Options that say how a run is rated. */
export const ratingOptions: readonly OptionSpec[] = [
  { name: 'dataset', value: 'FILE', help: 'the dataset (JSONL or parquet); default: the one named in the run\'s configuration, if it exists' },
  { name: 'mode', value: 'M', help: 'how to rate: paper (default) or official-compat' },
  { name: 'threshold', value: 'X', help: 'least reward of a correct rollout; default: inferred from the log' },
  mappingOption,
  noCacheOption,
];

/** The option that names the curation directory. */
export const directoryOption: OptionSpec = { name: 'dir', value: 'DIR', help: 'the curation directory; default: .cdas' };

/** Reads the options above. Throws a UsageError. */
export function sessionOptions(invocation: Invocation): SessionOptions {
  return {
    mode: wordOption(invocation, 'mode', ['paper', 'official-compat']) ?? 'paper',
    threshold: numberOption(invocation, 'threshold'),
    dataset: textOption(invocation, 'dataset'),
    mappings: mappingsIn(invocation),
    directory: textOption(invocation, 'dir') ?? '.cdas',
    aids: readingAids(invocation),
  };
}

/** The field mappings in the file that `--mapping` names; none without it. Throws an ExpectedError. */
export function mappingsIn(invocation: Invocation): readonly FieldMapping[] {
  const file = textOption(invocation, 'mapping');
  if (file === null) return [];
  let value: unknown;
  try {
    // Editors on Windows put a byte order mark first.
    value = JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
  } catch (error) {
    throw new ExpectedError(`--mapping ${file}: ${faultText(error, file)}`);
  }
  const { mappings, problems } = parseFieldMappings(value);
  if (problems.length > 0) throw new ExpectedError(`--mapping ${file}: ${problems.join(' ')}`);
  return mappings;
}

function faultText(error: unknown, file: string): string {
  if (error instanceof SyntaxError) return `it is no JSON: ${error.message}`;
  if (errorCode(error) === 'EISDIR') return 'it is a directory; name the JSON file with the mapping.';
  return isMissing(error) ? 'there is no such file.' : explainFault(error, file);
}
