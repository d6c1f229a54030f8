import { isRecord, jsonFault, type JsonValue } from './json';
import { readStrategy, type SamplerStrategy } from './samplerStrategy';

/** How a trainer chooses its batches, as its receipt says: its state just before the batch of the step that it names. */
export interface TrainerSampler {
  readonly strategy: SamplerStrategy;
  /** What its own settings say of the strategy in place of sampler.json. */
  readonly own: Readonly<Record<string, JsonValue>>;
  /** Problems per batch. */
  readonly size: number;
  /** Batches that were chosen, and steps whose rewards were taken in. */
  readonly draws: number;
  readonly observed: number;
  /** Passes over the dataset that are done, and rows drawn in the present one. */
  readonly epoch: number;
  readonly offset: number;
  /** Whether it rates problems itself; else it takes the difficulties in sampler.json. */
  readonly learns: boolean;
  /** Whether the framework's own order of rows, and not a permutation of ours, is what uniform batches are taken from. */
  readonly givenOrder: boolean;
  /** What of the strategy it cannot follow, each with why; absent where it follows all. */
  readonly ignored?: readonly string[];
}

/** What a person chose of a strategy nests far less. */
const maxDepth = 10;
const countFields = ['size', 'draws', 'observed', 'epoch', 'offset'] as const;

/** Reads the `sampler` of a receipt; null where it is missing or not understood. */
export function readTrainerSampler(value: unknown): TrainerSampler | null {
  if (!isRecord(value) || !isRecord(value['strategy']) || jsonFault(value, maxDepth) !== null) return null;
  if (!countFields.every((field) => Number.isSafeInteger(value[field]) && Number(value[field]) >= 0) || value['size'] === 0) return null;
  const ignored = Array.isArray(value['ignored']) ? value['ignored'].filter((each): each is string => typeof each === 'string') : [];
  const count = (field: (typeof countFields)[number]): number => Number(value[field]);
  return {
    strategy: readStrategy(value['strategy']),
    // What stood in a line of JSON is JSON.
    own: isRecord(value['own']) ? (value['own'] as TrainerSampler['own']) : {},
    size: count('size'),
    draws: count('draws'),
    observed: count('observed'),
    epoch: count('epoch'),
    offset: count('offset'),
    learns: value['learns'] !== false,
    givenOrder: value['givenOrder'] === true,
    ...(ignored.length > 0 && { ignored }),
  };
}
