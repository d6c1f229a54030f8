import path from 'node:path';
import { newHealth, type FileHealth } from '../../logs/fileHealth';
import { LogFile, type FilePoll, type LogFileState } from '../../logs/logFile';
import type { LogFileName } from '../../logs/logFormat';
import type { PromptTable } from '../../logs/columns/promptTable';
import { explainReadFault } from '../../logs/files/readFault';
import { RestingFiles, type PackedResting } from '../../logs/restingFiles';
import type { IndexedFile, RestingNames } from '../../logs/runIndex';
import type { RunSource } from '../../logs/runSource';
import { FollowedFile } from './followedFile';
import type { RangesOf } from './rowIndex';

const counted = ['pendingBytes', 'read', 'size', 'badLines', 'longLines', 'ignoredLines', 'stepMismatches', 'validationRows', 'namedFields', 'notes'] as const;
/** What files come to together: bytes, and what was met in them besides rollouts. */
export type FileSums = Record<(typeof counted)[number], number>;

/** When files were written, ms since the epoch. */
export interface WriteTimes {
  readonly last: number | null;
  /** The median of the times between one write and the next. */
  readonly usualGap: number;
}

/** A file as reports look at it. */
export type FileFacts = Pick<LogFile, 'path' | 'health' | 'pendingBytes' | 'bytesRead'>;

/** The files of a run, in order, and what they come to together. Those that are read and do not change are put to rest. */
export class FollowedFiles {
  readonly sums: FileSums = { pendingBytes: 0, read: 0, size: 0, badLines: 0, longLines: 0, ignoredLines: 0, stepMismatches: 0, validationRows: 0, namedFields: 0, notes: 0 };
  /** Those that are not read to where they ended when they were last looked at. */
  readonly unread = new Set<FollowedFile>();
  private readonly byName = new Map<string, FollowedFile>();
  /** Null where a file came or went since they were last put in order. */
  private listed: FollowedFile[] = [];
  private resting = new RestingFiles();
  private written: WriteTimes | null = null;
  /** Room for the times of all files, which are asked for again and again while they are read. */
  private times = new Float64Array();

  constructor(
    private readonly source: RunSource,
    private readonly prompts: PromptTable,
  ) {}

  /** In the order of the listing. */
  get ordered(): readonly FollowedFile[] {
    return this.listed;
  }

  get(name: string): FollowedFile | undefined {
    return this.byName.get(name);
  }

  /** When the files that were looked at were written. */
  get writeTimes(): WriteTimes {
    if (this.written !== null) return this.written;
    if (this.times.length < this.listed.length) this.times = new Float64Array(this.listed.length);
    const { times } = this;
    let count = 0;
    for (const followed of this.listed) {
      const time = this.modifiedAt(followed);
      if (time !== null) times[count++] = time;
    }
    return (this.written = writeTimesOf(times.subarray(0, count)));
  }

  /** Each file as reports look at it. */
  get facts(): readonly FileFacts[] {
    return this.listed.map((followed) => ({ path: this.pathOf(followed), health: this.healthOf(followed), pendingBytes: followed.open?.pendingBytes ?? 0, bytesRead: followed.open?.bytesRead ?? this.sizeOf(followed) }));
  }

  /** Those that do not rest, in order. */
  get open(): readonly LogFile[] {
    return this.listed.flatMap(({ open }) => open ?? []);
  }

  readonly rangesOf: RangesOf = (followed) => {
    const { open, resting, generation } = followed;
    if (open !== null) return { file: open, ranges: open.table.ranges, generation: open.generation };
    const range = resting === null ? noRows : this.resting.range(resting);
    const file = { path: this.pathOf(followed), step: followed.step, table: this.resting.table, firstRow: range.start };
    return { file, ranges: range.end > range.start ? [range] : [], generation };
  };

  pathOf({ name }: FollowedFile): string {
    return path.join(this.source.logPath, name);
  }

  /** The first health in order of which something holds, of those that have such a thing. */
  findHealth(sum: 'namedFields' | 'notes', holds: (health: FileHealth) => boolean): FileHealth | undefined {
    if (this.sums[sum] === 0) return undefined;
    const found = this.listed.find((followed) => holds(this.healthOf(followed)));
    return found === undefined ? undefined : this.healthOf(found);
  }

  /** The files with notes on how rows were read. */
  get notes(): readonly string[] {
    return this.sums.notes === 0 ? [] : [...new Set(this.listed.flatMap((followed) => [...this.healthOf(followed).notes]))];
  }

  /** Follows a file; it comes last until all are put in order. True when what an index holds of it was taken over. */
  follow({ name, step, launch }: LogFileName, indexed: IndexedFile | number | undefined): FollowedFile {
    const followed = new FollowedFile(name, step, launch);
    followed.position = this.listed.push(followed) - 1;
    this.byName.set(name, followed);
    this.change(followed, () => {
      if (typeof indexed === 'number') followed.resting = indexed;
      else if (indexed !== undefined) this.restore(followed, indexed.state);
    });
    return followed;
  }

  /** Drops files; those that stay keep their order. */
  drop(dropped: ReadonlySet<FollowedFile>): void {
    for (const followed of dropped) {
      this.change(followed, () => {
        if (followed.resting !== null) this.resting.forget(followed.resting);
        Object.assign(followed, { open: null, resting: null });
      });
      this.unread.delete(followed);
      this.byName.delete(followed.name);
    }
    this.putInOrder(this.listed.filter((followed) => !dropped.has(followed)));
  }

  putInOrder(ordered: FollowedFile[]): void {
    this.listed = ordered;
    this.listed.forEach((followed, position) => (followed.position = position));
  }

  /** Reads a file on by about `budget` bytes. What is read stays when the file cannot be read any more. */
  poll(followed: FollowedFile, budget: number, now: number): FilePoll {
    if (followed.resting !== null) {
      const poll = this.lookAtResting(followed, followed.resting);
      if (poll !== null) return poll;
    }
    let poll: FilePoll = { changed: false, more: false, error: null };
    this.change(followed, () => (poll = this.opened(followed).poll(budget, now)));
    return poll;
  }

  /** Lets a file rest that has nothing more to say. */
  settle(followed: FollowedFile, now: number): void {
    const { open, generation } = followed;
    const state = open === null || !this.mayRest(open, now) || this.unread.has(followed) ? null : stateOf(open);
    const resting = state === null ? null : this.resting.rest(state, now);
    if (resting !== null) Object.assign(followed, { open: null, resting, generation });
    else if (state !== null) open?.table.trim();
  }

  private mayRest({ modifiedAt, pendingBytes }: LogFile, now: number): boolean {
    const { repeatedRollout, kind } = this.source.format;
    return kind === 'lines' && repeatedRollout !== 'stream' && pendingBytes === 0 && modifiedAt !== null && now - modifiedAt >= restAfterMs;
  }

  /** Whether a file is known to be the one that was read, as long as its times and size are the same. */
  isVerified({ open, resting }: FollowedFile): boolean {
    return resting === null ? open !== null : this.resting.isVerified(resting);
  }

  /** Has work done that changes a file, and counts what it comes to then. */
  change(followed: FollowedFile, work: () => void): void {
    const [before, written] = [this.measure(followed), this.modifiedAt(followed)];
    work();
    const after = this.measure(followed);
    for (const field of counted) this.sums[field] += after[field] - before[field];
    if (this.modifiedAt(followed) !== written) this.written = null;
    if (this.isUnread(followed)) this.unread.add(followed);
    else this.unread.delete(followed);
  }

  /** The file as it is read. */
  opened(followed: FollowedFile): LogFile {
    if (followed.open !== null) return followed.open;
    const { resting } = followed;
    followed.open = new LogFile(this.pathOf(followed), followed.step, this.source.format, this.prompts);
    if (resting === null) return followed.open;
    followed.resting = null;
    followed.generation = followed.open.generation;
    followed.open.restore(this.resting.wake(resting));
    return followed.open;
  }

  /** What was read of all of them, to be kept. What cannot be gone on from is left out. */
  get states(): { readonly files: readonly IndexedFile[]; readonly resting: RestingNames & PackedResting } {
    const files = this.listed.flatMap(({ name, step, open }) => {
      const state = open === null ? null : stateOf(open);
      return state === null ? [] : [{ name, step, state }];
    });
    const atRest = this.listed.filter(({ resting }) => resting !== null);
    const packed = this.resting.pack(atRest.flatMap(({ resting }) => resting ?? []));
    return { files, resting: { names: atRest.map(({ name }) => name), fileSteps: atRest.map(({ step }) => step), ...packed } };
  }

  /** Begins with what another reader left at rest; only before any file is followed. */
  takeOver(packed: PackedResting): void {
    this.byName.clear();
    this.listed = [];
    this.unread.clear();
    this.resting = RestingFiles.of(packed);
  }

  /** A file that another reader left at rest is not there any more. */
  forgetResting(resting: number): void {
    this.resting.forget(resting);
  }

  private restore(followed: FollowedFile, state: LogFileState): void {
    if (this.opened(followed).restore(state)) return;
    followed.open = null;
  }

  /** Null where the file has to be read again. */
  private lookAtResting(followed: FollowedFile, resting: number): FilePoll | null {
    try {
      return this.resting.isAsRead(resting, this.pathOf(followed)) ? { changed: false, more: false, error: null } : null;
    } catch (error) {
      return { changed: false, more: false, error: explainReadFault(error, this.pathOf(followed)) };
    }
  }

  private isUnread({ open, resting }: FollowedFile): boolean {
    if (open === null) return resting === null;
    return open.modifiedAt === null || open.progress.read < open.progress.size;
  }

  private measure(followed: FollowedFile): FileSums {
    const { open } = followed;
    const { badLines, longLines, ignoredLines, stepMismatches, validationRows, explicitField, notes } = this.healthOf(followed);
    const { read, size } = open?.progress ?? { read: this.sizeOf(followed), size: this.sizeOf(followed) };
    return { pendingBytes: open?.pendingBytes ?? 0, read, size, badLines, longLines: longLines.length, ignoredLines, stepMismatches, validationRows, namedFields: Number(explicitField !== ''), notes: notes.size };
  }

  private healthOf({ open, resting }: FollowedFile): FileHealth {
    if (open !== null) return open.health;
    return resting === null ? nothingMet : this.resting.health(resting);
  }

  private sizeOf({ resting }: FollowedFile): number {
    return resting === null ? 0 : this.resting.size(resting);
  }

  private modifiedAt({ open, resting }: FollowedFile): number | null {
    if (open !== null) return open.modifiedAt;
    return resting === null ? null : this.resting.modifiedAt(resting);
  }
}

const nothingMet = newHealth();
const noRows = { step: 0, start: 0, end: 0 };

/** A file that was written more recently may well go on. */
const restAfterMs = 4000;

function stateOf(file: LogFile): LogFileState | null {
  try {
    return file.state;
  } catch {
    // Gone or not to be read now: another reader sees for itself.
    return null;
  }
}

/** What times come to, given in any order and not left as they are. */
export function writeTimesOf(times: Float64Array): WriteTimes {
  times.sort();
  const last = times.at(-1) ?? null;
  for (let i = 0; i + 1 < times.length; i++) times[i] = (times[i + 1] ?? 0) - (times[i] ?? 0);
  const gaps = times.subarray(0, Math.max(0, times.length - 1)).sort();
  return { last, usualGap: gaps[gaps.length >> 1] ?? 0 };
}
