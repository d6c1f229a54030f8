import { LogFile, type ReadRows, type SourceState } from './logFile';
import type { LogFormat } from './logFormat';
import { PromptTable } from './columns/promptTable';
import type { TableColumns } from './columns/rolloutTable';

/** A part of a log for another thread to read: a whole file, or what lies between two places of it where lines begin. */
export interface PartRequest {
  readonly file: string;
  /** The step that the file's name tells. */
  readonly step: number | null;
  readonly between: Span | null;
}

/** Two places of a file. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A part that was read: how far the whole file was read, or what tells that the bytes are still the same. */
export interface ReadPart extends ReadRows {
  readonly source: SourceState | { readonly kind: 'between'; readonly digest: string };
}

/** Reads a part; null where it cannot be read as it was asked for. */
export function readPart({ file, step, between }: PartRequest, format: LogFormat): ReadPart | null {
  const prompts = new PromptTable();
  const log = new LogFile(file, step, format, prompts);
  const source = between === null ? readWhole(log) : readBetween(log, between);
  if (source === null) return null;
  return { source, columns: copied(log.table.columns), prompts: prompts.packFound(file), health: log.health };
}

/** The memory of a part, which can be handed over instead of being copied. */
export function buffersOf({ columns, prompts }: ReadPart): ArrayBuffer[] {
  const { steps, ends, rewards, lengthsAndFlags, offsets, keys } = columns;
  const arrays = [steps, ends, columns.prompts, rewards.codes, rewards.values, lengthsAndFlags, offsets, keys, prompts.keys, prompts.spellings, prompts.offsets, prompts.bytes, prompts.spans];
  return arrays.flatMap((array) => array?.buffer ?? []);
}

function readWhole(log: LogFile): SourceState | null {
  for (let more = true; more; ) {
    const poll = log.poll(Infinity, Date.now());
    if (poll.error !== null) return null;
    more = poll.more;
  }
  return log.state?.source ?? null;
}

function readBetween(log: LogFile, { from, to }: Span): ReadPart['source'] | null {
  const digest = log.readBetween(from, to);
  return digest === null ? null : { kind: 'between', digest };
}

/** Columns without what is beyond their last row. */
function copied({ steps, ends, prompts, rewards, lengthsAndFlags, offsets, keys }: TableColumns): TableColumns {
  const { codes, values } = rewards;
  return {
    steps,
    ends,
    prompts: prompts.slice(),
    rewards: { codes: codes?.slice() ?? null, values: values.slice() },
    lengthsAndFlags: lengthsAndFlags.slice(),
    offsets: offsets.slice(),
    keys: keys?.slice() ?? null,
  };
}
