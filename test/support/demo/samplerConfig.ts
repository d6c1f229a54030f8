import { readFileSync, statSync } from 'node:fs';
import { isRecord, type JsonValue } from '../../../src/core/json';

/** What `sampler.json` asks for one problem. */
export interface ConfiguredProblem {
  readonly membership: 'pin' | 'exclude' | null;
  /** The new answer; undefined where the dataset's stands. */
  readonly groundTruth: JsonValue | undefined;
  readonly textHash: string | null;
  readonly index: string | null;
}

/** A valid `sampler.json`. */
export interface SamplerConfig {
  readonly generation: number;
  readonly digest: string;
  /** How to sample, as the file has it. */
  readonly strategy: Readonly<Record<string, unknown>>;
  readonly problems: ReadonlyMap<string, ConfiguredProblem>;
}

/** What was found in the place of `sampler.json`. */
export type SamplerFile =
  | { readonly kind: 'absent' }
  | { readonly kind: 'valid'; readonly config: SamplerConfig; readonly text: string }
  | { readonly kind: 'invalid'; readonly why: string };

/** Reads `sampler.json`. Never throws: training goes on whatever lies there. */
export function readSamplerFile(path: string): SamplerFile {
  let text: string;
  try {
    // Reading a pipe would wait for ever.
    if (!statSync(path).isFile()) return { kind: 'invalid', why: 'is not a file' };
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isRecord(error) && error['code'] === 'ENOENT') return { kind: 'absent' };
    return { kind: 'invalid', why: `cannot be read (${error instanceof Error ? error.message : String(error)})` };
  }
  const config = parseSamplerConfig(text);
  return typeof config === 'string' ? { kind: 'invalid', why: config } : { kind: 'valid', config, text };
}

/** Reads the text of a `sampler.json`; a string says what is wrong with it. */
export function parseSamplerConfig(text: string): SamplerConfig | string {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  if (!isRecord(file)) return 'is not a JSON object';
  if (file['schema'] !== 'cdas-sampler/1') return `has the schema ${JSON.stringify(file['schema'])}; this trainer knows cdas-sampler/1`;
  const { generation, digest, strategy, problems } = file;
  if (typeof digest !== 'string' || digest === '') return 'has no digest';
  if (!isRecord(problems)) return 'has no problems';
  const entries = new Map<string, ConfiguredProblem>();
  for (const [id, entry] of Object.entries(problems)) {
    const problem = parseProblem(entry);
    if (problem === null) return `says something this trainer does not understand about ${JSON.stringify(id)}`;
    entries.set(id, problem);
  }
  return {
    generation: typeof generation === 'number' ? generation : 0,
    digest,
    strategy: recordOrEmpty(strategy),
    problems: entries,
  };
}

function recordOrEmpty(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function parseProblem(entry: unknown): ConfiguredProblem | null {
  if (!isRecord(entry)) return null;
  const { membership, textHash, index } = entry;
  if (membership !== undefined && membership !== 'pin' && membership !== 'exclude') return null;
  return {
    membership: membership ?? null,
    // JSON.parse made it.
    groundTruth: entry['groundTruth'] as JsonValue | undefined,
    textHash: typeof textHash === 'string' ? textHash : null,
    index: typeof index === 'string' || typeof index === 'number' ? String(index) : null,
  };
}
