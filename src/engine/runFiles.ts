import { statSync } from 'node:fs';
import path from 'node:path';
import { countBefore } from '../core/ordered';
import type { FileHealth } from '../logs/fileHealth';
import { LogFile, type FilePoll, type LogFileState } from '../logs/logFile';
import { PromptTable } from '../logs/promptTable';
import type { IndexedFile, RunIndex } from '../logs/runIndex';
import type { LogFileName } from '../logs/logFormat';
import type { StepRange } from '../logs/rolloutTable';
import { explainReadFault, fewFaults } from '../logs/readFault';
import { listingFaults, listLogFiles, type RunSource } from '../logs/runSource';
import { surveyDocuments } from '../logs/surveyDocuments';
import { ReadAhead, type SharedReading } from './readAhead';
import { DueFiles, isUnread } from './dueFiles';
import { ForeignFiles } from './foreignFiles';
import { withoutRepeats } from './repeatedRows';
import { RowIndex, type FollowedFile } from './rowIndex';
import { rangesBeforeResuming } from './secondRuns';
import { countRows, type StepRows } from './stepRows';

/** What a look at a run's files brought. */
export interface FilesPoll {
  /** Steps whose rows are not what they were. */
  readonly changedSteps: ReadonlySet<number>;
  /** Whether the byte budget ended the look before the files did. */
  readonly more: boolean;
}

/** To open a file takes as long as to read so much. */
const openingBytes = 1 << 12;
const maxSurveyed = 4096;

/** The log files of a run and which rows of them belong to which step. */
export class RunFiles {
  readonly prompts = new PromptTable();
  /** Counts the looks that brought something. */
  revision = 0;
  /** What an index brought before anything was read. */
  restored: { readonly revision: number; readonly bytes: number } = { revision: 0, bytes: 0 };
  private indexed: ReadonlyMap<string, IndexedFile> = new Map();
  /** In the order of the listing. */
  private files = new Map<string, FollowedFile>();
  private readonly foreign: ForeignFiles;
  private readonly rows = new RowIndex();
  private readonly errorByName = new Map<string, string>();
  private listingError: string | null = null;
  private turn = 0;
  private midway = false;
  private readonly due = new DueFiles();
  private survey: { readonly bytes: number; readonly writeTimes: readonly number[] } = { bytes: 0, writeTimes: [] };
  private voided: { readonly revision: number; readonly ranges: ReadonlySet<StepRange> } | null = null;
  private ahead: ReadAhead | null = null;

  /** `openIndex` is asked at the first poll for what an earlier reader brought; with `shared` a second thread reads too where much is unread. */
  constructor(
    readonly source: RunSource,
    private readonly openIndex: () => RunIndex | null = () => null,
    private readonly shared: SharedReading | null = null,
  ) {
    this.foreign = new ForeignFiles(source);
  }

  /** All that was read so far, to be kept. What cannot be gone on from is left out. */
  get index(): RunIndex {
    const files = [...this.files].flatMap(([name, { file }]) => {
      const state = stateOf(file);
      return state === null ? [] : [{ name, step: file.step, state }];
    });
    return { prompts: this.prompts.pack(), files };
  }

  /** Steps that have rows, ascending. */
  get steps(): readonly number[] {
    return this.rows.steps;
  }

  /** Why files could not be read, by file. What was read before stays. */
  get errors(): readonly string[] {
    const listing = this.listingError === null ? listingFaults(this.source) : [this.listingError];
    return fewFaults([...listing, ...this.errorByName.values()]);
  }

  /** The files themselves, in the order in which they are read. */
  get all(): readonly LogFile[] {
    return [...this.files.values()].map(({ file }) => file);
  }

  /** Steps that the names of files tell, whether they are read or not. */
  get namedSteps(): number[] {
    return [...this.files.values()].flatMap(({ file }) => (file.step === null ? [] : [file.step]));
  }

  /** When the files were written, newest last, ms since the epoch. */
  get writeTimes(): readonly number[] {
    const read = [...this.files.values()].flatMap(({ file }) => file.modifiedAt ?? []).sort((a, b) => a - b);
    return read.length > 0 ? read : this.survey.writeTimes;
  }

  /** Bytes of all files at the last survey. */
  get surveyedBytes(): number {
    return this.survey.bytes;
  }

  /** Looks at names, sizes and times only, so that a run can be listed before it is read. Of very many files some stand for all. */
  look(): void {
    this.list(new Set());
    const files = [...this.files.values()];
    const every = Math.ceil(files.length / maxSurveyed);
    const looked = files.filter((_, i) => (files.length - 1 - i) % every === 0);
    const stats = looked.flatMap(({ file }) => statSync(file.path, { throwIfNoEntry: false }) ?? []);
    const { documentNames } = this.source.format;
    this.survey = {
      bytes: documentNames === undefined ? stats.reduce((sum, { size }) => sum + size * every, 0) : surveyDocuments(files.map(({ file }) => file.path), documentNames),
      writeTimes: stats.map(({ mtimeMs }) => mtimeMs).sort((a, b) => a - b),
    };
  }

  get pendingBytes(): number {
    return this.sum((file) => file.pendingBytes);
  }

  /** Bytes read and bytes known. */
  get progress(): { readonly read: number; readonly size: number } {
    return { read: this.sum((file) => file.progress.read), size: Math.max(this.survey.bytes, this.sum((file) => file.progress.size)) };
  }

  /** The rows of a step that count: those of its highest launch, each once. */
  rowsOf(step: number): readonly StepRows[] {
    const rows = this.rows.launchedLast(step);
    const { repeatedRollout } = this.source.format;
    if (repeatedRollout === 'stream') return rows.filter(({ range }) => !this.voidRanges.has(range));
    if (repeatedRollout !== 'window') return rows;
    const { steps } = this;
    const before = steps[countBefore(steps.length, (place) => (steps[place] ?? step) < step) - 1];
    return withoutRepeats(rows, before === undefined ? [] : this.rows.launchedLast(before));
  }

  private get voidRanges(): ReadonlySet<StepRange> {
    if (this.voided?.revision !== this.revision) this.voided = { revision: this.revision, ranges: rangesBeforeResuming(this.all) };
    return this.voided.ranges;
  }

  /** Rollouts of a step that a later launch ran again, or that were written again: all but those of `counting`. */
  replacedRows(step: number, counting: readonly StepRows[]): number {
    return countRows(this.rows.of(step)) - countRows(counting);
  }

  sumHealth(field: 'badLines' | 'longLines' | 'ignoredLines' | 'stepMismatches' | 'validationRows'): number {
    return this.sum(({ health }) => (field === 'longLines' ? health.longLines.length : health[field]));
  }

  get explicitField(): string {
    const named = (health: FileHealth): boolean => health.explicitField !== '';
    return [...this.files.values()].map(({ file }) => file.health).find(named)?.explicitField ?? '';
  }

  /** What formats said about how rows were read, each once. */
  get notes(): readonly string[] {
    return [...new Set([...this.files.values()].flatMap(({ file }) => [...file.health.notes]))];
  }

  /** Looks at the directory and its files, reading at most about `budget` bytes. */
  poll(budget: number, now: number): FilesPoll {
    const changed = new Set<number>();
    if (this.turn === 0) this.restore(changed);
    // In the middle of a long read the listing can wait.
    else if (!this.midway) this.list(changed);
    if (!this.midway) this.due.begin(this.files, this.turn++);
    this.midway = true;
    this.shareReading();
    this.midway = this.readDue(budget, now, changed);
    if (!this.midway) this.endSharing();
    return { changedSteps: this.withDependent(changed), more: this.midway };
  }

  /** Reads what is due; true when something is left to read. */
  private readDue(budget: number, now: number, changed: Set<number>): boolean {
    let left = budget;
    return this.due.visit((name, followed) => {
      // A look in between may have dropped it.
      if (this.files.get(name) !== followed) return { more: false, stop: false };
      const before = followed.file.progress.read;
      const poll = this.readFile(followed, left, now, changed);
      if (poll === 'later') return { more: true, stop: true };
      if (poll.error === null) this.errorByName.delete(name);
      else this.errorByName.set(name, poll.error);
      if (poll.changed) this.addRows(followed, changed);
      const read = followed.file.progress.read - before;
      if (read > 0) left -= Math.max(openingBytes, read);
      return { more: poll.more, stop: left <= 0 || this.ahead?.isWaiting === true };
    });
  }

  private endSharing(): void {
    this.ahead?.end();
    this.ahead = null;
  }

  /** `later` while the second thread is at the file. */
  private readFile(followed: FollowedFile, budget: number, now: number, changed: Set<number>): FilePoll | 'later' {
    if (this.ahead?.adopt(followed.file) === true) this.addRows(followed, changed);
    return this.ahead?.isWaiting === true ? 'later' : followed.file.poll(budget, now);
  }

  /** Lets the second thread go on ahead, from when much is unread until all is read. */
  private shareReading(): void {
    if (this.shared === null) return;
    this.ahead ??= ReadAhead.begin(this.shared, this.source, [...this.files.values()].filter(isUnread).map(({ file }) => file));
    this.ahead?.refill();
  }

  /** What a step repeats depends on the step before it; a resumed run makes all later steps void. */
  private withDependent(changed: Set<number>): ReadonlySet<number> {
    const { repeatedRollout } = this.source.format;
    if (changed.size === 0) return changed;
    const { steps } = this;
    const first = Math.min(...changed);
    if (repeatedRollout === 'stream') return new Set([...changed, ...steps.filter((step) => step > first)]);
    if (repeatedRollout !== 'window') return changed;
    return new Set([...changed].flatMap((step) => [step, steps[countBefore(steps.length, (place) => (steps[place] ?? step) <= step)] ?? step]));
  }

  private sum(measure: (file: LogFile) => number): number {
    let sum = 0;
    for (const { file } of this.files.values()) sum += measure(file);
    return sum;
  }

  private list(changed: Set<number>): void {
    let present: ReturnType<typeof listLogFiles>;
    try {
      present = listLogFiles(this.source);
      this.listingError = null;
    } catch (error) {
      this.listingError = explainReadFault(error, this.source.logPath);
      return;
    }
    const names = new Set(present.map(({ name }) => name));
    for (const name of this.files.keys()) if (!names.has(name)) this.drop(name, changed);
    const known = this.files.size;
    for (const entry of present) {
      if (!this.files.has(entry.name) && !this.foreign.has(entry, this.turn)) this.follow(entry, changed);
    }
    if (this.files.size > known) this.putInOrder(present);
  }

  /** A file that came or came back may belong before others: of two rows of one rollout the later file's counts. */
  private putInOrder(present: readonly LogFileName[]): void {
    this.files = new Map(present.flatMap(({ name }) => {
      const followed = this.files.get(name);
      return followed === undefined ? [] : [[name, followed]];
    }));
    [...this.files.values()].forEach((followed, position) => (followed.position = position));
  }

  private follow({ name, step, launch }: LogFileName, changed: Set<number>): void {
    const file = new LogFile(path.join(this.source.logPath, name), step, this.source.format, this.prompts);
    const followed = { file, launch, position: this.files.size, indexed: { generation: 0, rows: 0 } };
    this.files.set(name, followed);
    const read = this.indexed.get(name);
    if (read?.step === step && file.restore(read.state)) this.addRows(followed, changed);
  }

  /** Takes over what an earlier reader brought, for the files that are still there. */
  private restore(changed: Set<number>): void {
    const index = this.prompts.length === 0 ? this.openIndex() : null;
    if (index !== null) {
      // Files that were only looked at so far are followed anew.
      this.files.clear();
      this.prompts.restore(index.prompts);
      this.indexed = new Map(index.files.map((file) => [file.name, file]));
    }
    this.list(changed);
    this.indexed = new Map();
    this.restored = { revision: this.revision, bytes: this.progress.read };
  }

  private drop(name: string, changed: Set<number>): void {
    this.revision++;
    const followed = this.files.get(name);
    this.files.delete(name);
    this.errorByName.delete(name);
    if (followed !== undefined) this.rows.remove(followed.file, changed);
  }

  private addRows(followed: FollowedFile, changed: Set<number>): void {
    this.revision++;
    this.rows.add(followed, changed);
  }
}

function stateOf(file: LogFile): LogFileState | null {
  try {
    return file.state;
  } catch {
    // Gone or not to be read now: another reader sees for itself.
    return null;
  }
}
