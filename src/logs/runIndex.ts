import type { FileHealth } from './fileHealth';
import type { LogFileState, SourceState } from './logFile';
import { arePackedPrompts, type PackedPrompts } from './columns/packedPrompts';
import { packTallies, restoreTallies } from './columns/packedTallies';
import type { PackedTable } from './columns/packedTable';
import type { PackedResting } from './restingFiles';
import { RolloutTable, type OffsetColumn, type TableColumns } from './columns/rolloutTable';
import type { ReadSectionFile, ReadSections, Section, SectionFile } from './files/sectionFile';

/** All that reading a run's files brought, without any rollout's text. */
export interface RunIndex {
  readonly prompts: PackedPrompts;
  readonly files: readonly IndexedFile[];
  readonly resting: RestingNames & PackedResting;
}

/** Which files rest, by their numbers: their names in the log directory, and the steps that the names tell. */
export interface RestingNames {
  readonly names: readonly string[];
  readonly fileSteps: readonly (number | null)[];
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
  readonly resting: RestingNames & { readonly healths: readonly HealthHeader[]; readonly has: OptionalColumns };
}

interface FileHeader {
  readonly name: string;
  readonly step: number | null;
  readonly health: HealthHeader;
  readonly source: SourceState;
  readonly has: OptionalColumns;
}

type HealthHeader = Omit<FileHealth, 'notes'> & { readonly notes: readonly string[] };

interface OptionalColumns {
  /** Whether the columns are packed; then they all are there. */
  readonly packed: boolean;
  readonly codes: boolean;
  readonly keys: boolean;
}

/** Lays an index out for a file. `key` says by what it was read: only a reader of the same key takes it. */
export function packRunIndex(key: string, { prompts, files, resting }: RunIndex): SectionFile {
  const sections: Section[] = [prompts.keys, prompts.spellings, prompts.fileOf, prompts.offsets, prompts.shapes];
  const headers = files.map(({ name, step, state: { table, health, source } }): FileHeader => ({ name, step, health: healthHeader(health), source, has: putColumns(sections, table) }));
  const { names, fileSteps, stamps, digests, places, steps, healths, table } = resting;
  sections.push(stamps, digests, places, steps);
  const tallies = packTallies(files.map(({ state }) => state.table));
  const header: Header = { key, promptFiles: prompts.files, files: headers, resting: { names, fileSteps, healths: healths.map(healthHeader), has: putColumns(sections, table) } };
  sections.push(tallies.facts, tallies.prompts, tallies.outcomes);
  return { header, sections, tail: prompts.texts };
}

/** The index that a file holds; null where it was read by another key or does not fit together. */
export function unpackRunIndex(key: string, { header, sections, tail }: ReadSectionFile): RunIndex | null {
  // Its checksum holds and its key is asked first, so packRunIndex of this build wrote it.
  const { key: found, promptFiles, files, resting } = header as Header;
  if (found !== key) return null;
  const take = new SectionTaker(sections);
  const columns = { keys: take.next(Int32Array), spellings: take.next(Int32Array), fileOf: take.next(Uint32Array), offsets: take.next(Float64Array), shapes: take.next(Uint32Array) };
  const prompts = { files: promptFiles, ...columns, texts: tail };
  if (!arePackedPrompts(prompts)) return null;
  const read = files.map(({ name, step, health, source, has }): IndexedFile => {
    const table = takeTable(take, has);
    return { name, step, state: { table, health: healthOf(health), source } };
  });
  const { names, fileSteps, healths, has } = resting;
  const packed = { stamps: take.next(Uint32Array), digests: take.next(Uint8Array), places: take.next(Uint32Array), steps: take.next(Float64Array), healths: healths.map(healthOf) };
  const table = takeTable(take, has);
  const tallies = { facts: take.next(Float64Array), prompts: take.next(Int32Array), outcomes: take.next(Uint32Array) };
  restoreTallies(read.map(({ state }) => state.table), tallies);
  return { prompts, files: read, resting: { names, fileSteps, ...packed, table } };
}

function healthHeader(health: FileHealth): HealthHeader {
  return { ...health, notes: [...health.notes] };
}

function healthOf(header: HealthHeader): FileHealth {
  return { ...header, notes: new Set(header.notes) };
}

/** Lays a table out; says which of its columns it has. */
function putColumns(sections: Section[], table: RolloutTable): OptionalColumns {
  if (table.packed !== null) {
    const { steps, ends, prompts, promptEnds, codes, values, lengthsAndFlags, offsets } = table.packed;
    sections.push(steps, ends, values, prompts, promptEnds, codes, lengthsAndFlags, offsets);
    return { packed: true, codes: true, keys: false };
  }
  const { steps, ends, prompts, rewards, lengthsAndFlags, offsets, keys } = table.columns;
  const optional = [rewards.codes, keys].filter((section) => section !== null);
  sections.push(steps, ends, prompts, rewards.values, lengthsAndFlags, offsets, ...optional);
  return { packed: false, codes: rewards.codes !== null, keys: keys !== null };
}

function takeTable(take: SectionTaker, has: OptionalColumns): RolloutTable {
  return has.packed ? takePacked(take) : RolloutTable.of(takeColumns(take, has));
}

/** Of a packed table only what tells its steps and rewards is looked at before somebody looks at a row. */
function takePacked(take: SectionTaker): RolloutTable {
  const head = { steps: take.next(Float64Array), ends: take.next(Uint32Array), values: take.next(Float64Array) };
  const rest = take.later(5);
  const rows = head.ends.at(-1) ?? 0;
  const areEven = rest.lengthOf(0) === rest.lengthOf(1) && rest.lengthOf(2) === rows && rest.lengthOf(3) === rows && rest.lengthOf(4) === rows;
  if (!areEven || head.steps.length !== head.ends.length) throw new RangeError('columns of different lengths');
  return RolloutTable.ofPacked(head, () => {
    const sections = rest.later(0);
    const prompts = { prompts: sections.next(Int32Array), promptEnds: sections.next(Uint32Array) };
    const [codes, lengthsAndFlags] = [sections.next(Uint8Array), sections.nextOf<PackedTable['lengthsAndFlags']>(Uint16Array, Uint32Array)];
    return { ...head, ...prompts, codes, lengthsAndFlags, offsets: sections.nextOf<PackedTable['offsets']>(Uint16Array, Uint32Array, Float64Array) };
  });
}

function takeColumns(take: SectionTaker, has: OptionalColumns): TableColumns {
  const [steps, ends, prompts, values] = [take.next(Float64Array), take.next(Uint32Array), take.next(Int32Array), take.next(Float64Array)];
  const [lengthsAndFlags, offsets] = [take.next(Uint32Array), take.nextOf<OffsetColumn>(Uint32Array, Float64Array)];
  const codes = has.codes ? take.next(Uint8Array) : null;
  const keys = has.keys ? take.next(Float64Array) : null;
  const rows = prompts.length;
  const areEven = [lengthsAndFlags, offsets, codes ?? values, keys ?? offsets].every(({ length }) => length === rows);
  if (!areEven || steps.length !== ends.length || (ends.at(-1) ?? 0) !== rows) throw new RangeError('columns of different lengths');
  return { steps, ends, prompts, rewards: { codes, values }, lengthsAndFlags, offsets, keys };
}

class SectionTaker {
  constructor(
    private readonly sections: ReadSections,
    private taken = 0,
  ) {}

  /** The next section. Throws a RangeError where it is of another kind. */
  next<Kind extends Section>(kind: new (length: number) => Kind): Kind {
    return this.nextOf(kind);
  }

  /** Passes over sections, which are to be taken later. */
  later(count: number): SectionTaker {
    this.taken += count;
    return new SectionTaker(this.sections, this.taken - count);
  }

  /** How many numbers are in a section of those that come next. */
  lengthOf(place: number): number {
    return this.sections.lengthOf(this.taken + place);
  }

  /** The next section, of one of several kinds. Throws a RangeError where it is of none of them. */
  nextOf<Kind extends Section>(...of: readonly (new (length: number) => Kind)[]): Kind {
    const section = this.sections.at(this.taken++);
    for (const kind of of) if (section instanceof kind) return section;
    throw new RangeError('a section is missing');
  }
}
