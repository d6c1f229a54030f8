import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';
import type { CurationState, ProblemCuration } from './decisionFold';
import { normalisation } from './identity';
import { canonicalJson, isRecord, jsonFault, type JsonValue } from './json';
import type { SamplerStrategy } from './samplerStrategy';

/** The schema tag of sampler.json. */
const samplerSchema = 'cdas-sampler/1';

/** A file that nests deeper is none that was compiled here: ground truths nest less than that. */
const maxDepth = 100;

/** What the trainer is told about one problem; a field that is absent is normal. */
export interface SamplerProblem {
  readonly membership?: 'pin' | 'exclude';
  readonly groundTruth?: JsonValue;
  readonly textHash?: string;
  readonly index?: string;
}

/** sampler.json without the two fields that depend on the writing. */
export interface SamplerBody {
  readonly schema: typeof samplerSchema;
  /** How many decisions were folded. */
  readonly generation: number;
  readonly writer: string;
  /** Null where decisions were made without a run. */
  readonly run: { readonly name: string; readonly step: number | null } | null;
  readonly identity: { readonly normalisation: typeof normalisation };
  readonly strategy: SamplerStrategy;
  readonly competence: number | null;
  readonly targetPassRate: number | null;
  readonly problems: ReadonlyMap<string, SamplerProblem>;
  /** Per problem the difficulty and the visits behind it. */
  readonly difficulty?: ReadonlyMap<string, readonly [difficulty: number, visits: number]>;
}

/** sampler.json as it is written. */
export interface SamplerConfig extends SamplerBody {
  readonly digest: string;
  readonly writtenAt: string;
}

/** What lets a trainer find a problem where ids differ: the hash of its text, its row in the dataset. */
export interface ProblemHints {
  readonly textHash?: string;
  readonly index?: string;
}

/** What sampler.json is compiled from. */
export interface SamplerInput {
  readonly curation: CurationState;
  readonly run: SamplerBody['run'];
  readonly strategy: SamplerStrategy;
  readonly competence: number | null;
  readonly difficulty?: SamplerBody['difficulty'];
  readonly writer: string;
  /** What is known of a problem besides its decisions, to let the trainer find it where ids differ. */
  readonly locate?: (problem: string) => ProblemHints | null;
}

/** Compiles the decisions and the state of a run. The same input gives the same result. */
export function compileSamplerConfig(input: SamplerInput): SamplerBody {
  const problems = new Map<string, SamplerProblem>();
  for (const problem of [...input.curation.problems.keys()].sort()) {
    const curation = input.curation.problems.get(problem);
    if (curation === undefined || (curation.membership === 'normal' && curation.relabel === null)) continue;
    problems.set(problem, compileProblem(problem, curation, input.locate?.(problem) ?? {}));
  }
  return {
    schema: samplerSchema,
    generation: input.curation.generation,
    writer: input.writer,
    run: input.run,
    identity: { normalisation },
    strategy: input.strategy,
    competence: input.competence,
    targetPassRate: input.competence === null ? null : 0.5 - input.competence,
    problems,
    ...(input.difficulty === undefined ? {} : { difficulty: sortedMap(input.difficulty) }),
  };
}

/** `sha256:` and the hash of the canonical JSON of everything but `writtenAt` and `digest`: what trainers compare. */
export function samplerDigest(body: SamplerBody): string {
  return digestOf(toPlain(body));
}

/** The text of sampler.json: fields in the contract's order, one problem a line. */
export function samplerText(config: SamplerConfig): string {
  const { schema, generation, digest, writtenAt, writer, run, identity, strategy, competence, targetPassRate } = config;
  const head = { schema, generation, digest, writtenAt, writer, run, identity, strategy, competence, targetPassRate };
  const lines = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  lines.push(`  "problems": ${linePerEntry(config.problems)}`);
  if (config.difficulty !== undefined) lines.push(`  "difficulty": ${linePerEntry(config.difficulty)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

/** What a sampler.json on disk turned out to be. `intact` is false where its digest does not fit its content. */
export type SamplerReading =
  | { readonly kind: 'config'; readonly generation: number; readonly digest: string; readonly intact: boolean }
  | { readonly kind: 'newer'; readonly schema: string }
  | { readonly kind: 'damaged'; readonly why: string };

/** Reads the text of a sampler.json. Never throws. */
export function readSamplerText(text: string): SamplerReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'damaged', why: 'is not JSON' };
  }
  if (!isRecord(value)) return { kind: 'damaged', why: 'is not a JSON object' };
  const { schema, generation, digest } = value;
  if (schema !== samplerSchema) {
    const newer = typeof schema === 'string' && /^cdas-sampler\/\d+$/.test(schema);
    return newer ? { kind: 'newer', schema } : { kind: 'damaged', why: `has no schema ${samplerSchema}` };
  }
  if (typeof generation !== 'number' || typeof digest !== 'string') return { kind: 'damaged', why: 'has no generation or digest' };
  const fault = jsonFault(value, maxDepth);
  return fault === null ? { kind: 'config', generation, digest, intact: digestOf(value) === digest } : { kind: 'damaged', why: fault };
}

function compileProblem(problem: string, curation: ProblemCuration, located: ProblemHints): SamplerProblem {
  const textHash = curation.textHash ?? located.textHash ?? /^h:([0-9a-f]{16})(?:~[0-9a-f]{4})?$/.exec(problem)?.[1];
  const index = curation.index ?? located.index;
  return {
    ...(curation.membership !== 'normal' && { membership: curation.membership }),
    ...(curation.relabel !== null && { groundTruth: curation.relabel.groundTruth }),
    ...(textHash !== undefined && { textHash }),
    ...(index !== undefined && { index }),
  };
}

function toPlain(body: SamplerBody): Record<string, unknown> {
  return {
    ...body,
    // fromEntries defines own members, so an id such as __proto__ is a key like any other.
    problems: Object.fromEntries(body.problems),
    ...(body.difficulty === undefined ? {} : { difficulty: Object.fromEntries(body.difficulty) }),
  };
}

function digestOf(plain: Record<string, unknown>): string {
  const rest = Object.fromEntries(Object.entries(plain).filter(([key]) => key !== 'writtenAt' && key !== 'digest'));
  return `sha256:${bytesToHex(sha256(utf8ToBytes(canonicalJson(rest))))}`;
}

function sortedMap<Value>(map: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function linePerEntry(map: ReadonlyMap<string, unknown>): string {
  if (map.size === 0) return '{}';
  const lines = [...map].map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{\n${lines.join(',\n')}\n  }`;
}
