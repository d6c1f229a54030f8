import type { FileHealth } from './fileHealth';
import type { LogFileState, SourceState } from './logFile';
import { arePackedPrompts, type PackedPrompts } from './packedPrompts';
import { RolloutTable, type OffsetColumn, type TableColumns } from './rolloutTable';
import type { Section, SectionFile } from './sectionFile';

/** All that reading a run's files brought, without any rollout's text. */
export interface RunIndex {
  readonly prompts: PackedPrompts;
  readonly files: readonly IndexedFile[];
}

/** One file of a run by its name in the log directory, with the step that its name tells. */
export interface IndexedFile {
  readonly name: string;
  readonly step: number | null;
  readonly state: LogFileState;
}

interface Header {
  readonly key: string;
  readonly promptFiles: readonly string[];
  readonly files: readonly FileHeader[];
}

interface FileHeader {
  readonly name: string;
  readonly step: number | null;
  readonly health: Omit<FileHealth, 'notes'> & { readonly notes: readonly string[] };
  readonly source: SourceState;
  readonly has: { readonly codes: boolean; readonly keys: boolean };
}

/** Lays an index out for a file. `key` says by what it was read: only a reader of the same key takes it. */
export function packRunIndex(key: string, { prompts, files }: RunIndex): SectionFile {
  const sections: Section[] = [prompts.keys, prompts.spellings, prompts.fileOf, prompts.offsets, prompts.shapes, prompts.bytes];
  const headers = files.map(({ name, step, state: { table, health, source } }): FileHeader => {
    const { steps, ends, prompts: promptOf, rewards, lengthsAndFlags, offsets, keys } = table.columns;
    const optional = [rewards.codes, keys].filter((section) => section !== null);
    sections.push(steps, ends, promptOf, rewards.values, lengthsAndFlags, offsets, ...optional);
    return { name, step, health: { ...health, notes: [...health.notes] }, source, has: { codes: rewards.codes !== null, keys: keys !== null } };
  });
  const header: Header = { key, promptFiles: prompts.files, files: headers };
  return { header, sections };
}

/** The index that a file holds; null where it was read by another key or does not fit together. */
export function unpackRunIndex(key: string, { header, sections }: SectionFile): RunIndex | null {
  // Its checksum holds and its key is asked first, so packRunIndex of this build wrote it.
  const { key: found, promptFiles, files } = header as Header;
  if (found !== key) return null;
  const take = new SectionTaker(sections);
  const prompts = { files: promptFiles, keys: take.next(Int32Array), spellings: take.next(Int32Array), fileOf: take.next(Uint32Array), offsets: take.next(Float64Array), shapes: take.next(Uint32Array), bytes: take.next(Uint8Array) };
  if (!arePackedPrompts(prompts)) return null;
  const read = files.map(({ name, step, health, source, has }): IndexedFile => {
    const table = RolloutTable.of(takeColumns(take, has));
    return { name, step, state: { table, health: { ...health, notes: new Set(health.notes) }, source } };
  });
  return { prompts, files: read };
}

function takeColumns(take: SectionTaker, has: FileHeader['has']): TableColumns {
  const [steps, ends, prompts, values] = [take.next(Float64Array), take.next(Uint32Array), take.next(Int32Array), take.next(Float64Array)];
  const [lengthsAndFlags, offsets] = [take.next(Uint32Array), take.nextOffsets()];
  const codes = has.codes ? take.next(Uint8Array) : null;
  const keys = has.keys ? take.next(Float64Array) : null;
  const rows = prompts.length;
  const areEven = [lengthsAndFlags, offsets, codes ?? values, keys ?? offsets].every(({ length }) => length === rows);
  if (!areEven || steps.length !== ends.length || (ends.at(-1) ?? 0) !== rows) throw new RangeError('columns of different lengths');
  return { steps, ends, prompts, rewards: { codes, values }, lengthsAndFlags, offsets, keys };
}

class SectionTaker {
  private taken = 0;

  constructor(private readonly sections: readonly Section[]) {}

  /** The next section. Throws a RangeError where it is of another kind. */
  next<Kind extends Section>(kind: new (length: number) => Kind): Kind {
    const section = this.sections[this.taken++];
    if (section instanceof kind) return section;
    throw new RangeError('a section is missing');
  }

  nextOffsets(): OffsetColumn {
    return this.sections[this.taken] instanceof Uint32Array ? this.next(Uint32Array) : this.next(Float64Array);
  }
}
