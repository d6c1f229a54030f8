import { statSync } from 'node:fs';
import { countBefore } from '../../core/ordered';
import type { FilePoll } from '../../logs/logFile';
import { PromptTable, type Prompt } from '../../logs/columns/promptTable';
import type { RunIndex } from '../../logs/runIndex';
import type { StepRange } from '../../logs/columns/rolloutTable';
import { fewFaults } from '../../logs/files/readFault';
import { listingFaults, type RunSource } from '../../logs/runSource';
import { surveyDocuments } from '../../logs/discovery/surveyDocuments';
import { ReadAhead, type SharedReading } from './readAhead';
import { DueFiles } from './dueFiles';
import type { FollowedFile } from './followedFile';
import { FollowedFiles, writeTimesOf, type FileFacts, type FileSums, type WriteTimes } from './followedFiles';
import { withoutRepeats } from './repeatedRows';
import { ListedFiles } from './listedFiles';
import { RowIndex } from './rowIndex';
import { rangesBeforeResuming } from './secondRuns';
import { countRows, type StepRows } from './stepRows';

/** What a look at a run's files brought. */
export interface FilesPoll {
  /** Steps whose rows are not what they were. */
  readonly changedSteps: ReadonlySet<number>;
  /** Whether the byte budget ended the look before the files did. */
  readonly more: boolean;
}

/** To open a file and to look into it takes as long as to read so much. */
const openingBytes = 1 << 15;
const lookingBytes = 1 << 12;
const maxSurveyed = 4096;
const maxShared = 2048;

/** The log files of a run and which rows of them belong to which step. */
export class RunFiles {
  readonly prompts = new PromptTable();
  /** Counts the looks that brought something. */
  revision = 0;
  /** What an index brought before anything was read. */
  restored: { readonly revision: number; readonly bytes: number } = { revision: 0, bytes: 0 };
  private readonly files: FollowedFiles;
  private readonly listed: ListedFiles;
  private readonly rows: RowIndex;
  private readonly errorByName = new Map<string, string>();
  private turn = 0;
  private midway = false;
  private readonly due = new DueFiles();
  /** Steps whose rows changed since this was last told. */
  private changed = new Set<number>();
  private survey: { readonly bytes: number; readonly writes: WriteTimes } = { bytes: 0, writes: { last: null, usualGap: 0 } };
  /** Whether files were surveyed since they were looked through, which tells more: they may have shrunk. */
  private isSurveyNews = false;
  private voided: { readonly revision: number; readonly ranges: ReadonlySet<StepRange> } | null = null;
  private ahead: ReadAhead | null = null;

  /** `openIndex` is asked at the first poll for what an earlier reader brought; with `shared` a second thread reads too where much is unread. */
  constructor(
    readonly source: RunSource,
    private readonly openIndex: () => RunIndex | null = () => null,
    private readonly shared: SharedReading | null = null,
  ) {
    this.files = new FollowedFiles(source, this.prompts);
    this.rows = new RowIndex(this.files.rangesOf);
    this.listed = new ListedFiles(source, this.files, {
      onFollowed: (followed) => this.addRows(followed),
      onRelaunched: (followed) => this.addRows(followed),
      onDropped: (dropped) => this.forget(dropped),
    });
  }

  /** All that was read so far, to be kept. What cannot be gone on from is left out. */
  get index(): RunIndex {
    const { files, resting } = this.files.states;
    return { prompts: this.prompts.pack(), files, resting };
  }

  /** Counts the times that rows went which had been read: what they said of problems may be said no more. */
  get losses(): number {
    return this.rows.losses;
  }

  /** The prompt of the first row; null before there is one. */
  get firstPrompt(): Prompt | null {
    const [first] = this.rowsOf(this.steps[0] ?? 0);
    return first === undefined ? null : (this.prompts.at(first.file.table.prompt(first.range.start)) ?? null);
  }

  /** Steps that have rows, ascending. */
  get steps(): readonly number[] {
    return this.rows.steps;
  }

  /** Why files could not be read, by file. What was read before stays. */
  get errors(): readonly string[] {
    const listing = this.listed.error === null ? listingFaults(this.source) : [this.listed.error];
    return fewFaults([...listing, ...this.errorByName.values()]);
  }

  /** The files as reports look at them, in the order in which they are read. */
  get all(): readonly FileFacts[] {
    return this.files.facts;
  }

  /** Steps that the names of files tell, whether they are read or not. */
  get namedSteps(): number[] {
    return this.files.ordered.flatMap(({ step }) => step ?? []);
  }

  /** When the files were written. */
  get writes(): WriteTimes {
    const { writeTimes } = this.files;
    return writeTimes.last === null ? this.survey.writes : writeTimes;
  }

  /** Bytes of all files at the last survey. */
  get surveyedBytes(): number {
    return this.survey.bytes;
  }

  /**
   * Looks at names, sizes and times only, so that a run can be listed before it is read. Of very many files some stand
   * for all. False where the listing goes on at the next look.
   */
  look(): boolean {
    if (!this.listed.listOn(this.turn)) return false;
    const { ordered } = this.files;
    const every = Math.ceil(ordered.length / maxSurveyed);
    const looked = ordered.filter((_, i) => (ordered.length - 1 - i) % every === 0);
    const stats = looked.flatMap((followed) => statSync(this.files.pathOf(followed), { throwIfNoEntry: false }) ?? []);
    const { documentNames } = this.source.format;
    this.isSurveyNews = true;
    this.survey = {
      bytes: documentNames === undefined ? stats.reduce((sum, { size }) => sum + size * every, 0) : surveyDocuments(ordered.map((followed) => this.files.pathOf(followed)), documentNames),
      writes: writeTimesOf(Float64Array.from(stats, ({ mtimeMs }) => mtimeMs)),
    };
    return true;
  }

  get pendingBytes(): number {
    return this.files.sums.pendingBytes;
  }

  /** Bytes read and bytes known. */
  get progress(): { readonly read: number; readonly size: number } {
    const { read, size } = this.files.sums;
    return { read, size: this.isSurveyNews ? Math.max(this.survey.bytes, size) : size };
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
    if (this.voided?.revision !== this.revision) this.voided = { revision: this.revision, ranges: rangesBeforeResuming(this.files.open) };
    return this.voided.ranges;
  }

  /** Rollouts of a step that a later launch ran again, or that were written again: all but those of `counting`. */
  replacedRows(step: number, counting: readonly StepRows[]): number {
    return countRows(this.rows.of(step)) - countRows(counting);
  }

  sumHealth(field: keyof Pick<FileSums, 'badLines' | 'longLines' | 'ignoredLines' | 'stepMismatches' | 'validationRows'>): number {
    return this.files.sums[field];
  }

  get explicitField(): string {
    return this.files.findHealth('namedFields', ({ explicitField }) => explicitField !== '')?.explicitField ?? '';
  }

  /** What formats said about how rows were read, each once. */
  get notes(): readonly string[] {
    return this.files.notes;
  }

  /** Looks at the directory and its files, reading at most about `budget` bytes. */
  poll(budget: number, now: number): FilesPoll {
    // In the middle of a long read the listing can wait.
    const isListed = this.midway || this.list();
    if (isListed) this.readOn(budget, now);
    const { changed } = this;
    this.changed = new Set();
    return { changedSteps: this.withDependent(changed), more: this.midway || !isListed };
  }

  /** Lists the files, at first with what an earlier reader brought; false where that goes on in the next turn. */
  private list(): boolean {
    const isFirst = this.turn === 0 && this.restored.bytes === 0 && this.prompts.length === 0;
    if (isFirst && !this.listed.isRestoring && this.takeOver(this.openIndex())) return false;
    const { isRestoring } = this.listed;
    const isListed = this.listed.listOn(this.turn);
    if (isRestoring && !this.listed.isRestoring) this.restored = { revision: this.revision, bytes: this.progress.read };
    return isListed;
  }

  /** True where there is so much in the index that this was enough for one turn. */
  private takeOver(index: RunIndex | null): boolean {
    if (index === null) return false;
    this.prompts.restore(index.prompts);
    this.listed.takeOver(index);
    return index.resting.names.length > maxSurveyed;
  }

  private readOn(budget: number, now: number): void {
    if (!this.midway) this.due.begin(this.files, this.turn++);
    this.shareReading();
    this.midway = this.readDue(budget, now);
    if (!this.midway) this.endSharing();
    this.isSurveyNews &&= this.midway;
  }

  /** Reads what is due; true when something is left to read. */
  private readDue(budget: number, now: number): boolean {
    let left = budget;
    return this.due.visit((followed) => {
      // A look in between may have dropped it.
      if (this.files.get(followed.name) !== followed) return { more: false, stop: false };
      const before = followed.open?.progress.read ?? 0;
      const isNew = !this.files.isVerified(followed);
      const poll = this.readFile(followed, left, now);
      if (poll === 'later') return { more: true, stop: true };
      this.take(followed, poll, now);
      const read = (followed.open?.progress.read ?? before) - before;
      left -= costOf(poll, isNew, read);
      return { more: poll.more, stop: left <= 0 || this.ahead?.isWaiting === true };
    });
  }

  private take(followed: FollowedFile, { changed, more, error }: FilePoll, now: number): void {
    if (error === null) this.errorByName.delete(followed.name);
    else this.errorByName.set(followed.name, error);
    if (changed) this.addRows(followed);
    if (!more) this.files.settle(followed, now);
  }

  private endSharing(): void {
    this.ahead?.end();
    this.ahead = null;
  }

  /** `later` while the second thread is at the file. */
  private readFile(followed: FollowedFile, budget: number, now: number): FilePoll | 'later' {
    if (this.adopt(followed)) this.addRows(followed);
    return this.ahead?.isWaiting === true ? 'later' : this.files.poll(followed, budget, now);
  }

  /** Lets the second thread go on ahead, from when much is unread until all is read. Very many files are small, and are read here as fast. */
  private shareReading(): void {
    const { unread } = this.files;
    if (this.shared === null) return;
    if (this.ahead === null && unread.size > 0 && unread.size <= maxShared) this.ahead = ReadAhead.begin(this.shared, this.source, Array.from(unread, (followed) => this.files.opened(followed)));
    this.ahead?.refill();
  }

  /** Takes over a file that the second thread read. */
  private adopt(followed: FollowedFile): boolean {
    const { ahead } = this;
    if (ahead === null || followed.open === null) return false;
    const { open } = followed;
    let isAdopted = false;
    this.files.change(followed, () => (isAdopted = ahead.adopt(open)));
    return isAdopted;
  }

  /** What a step repeats depends on the step before it; a resumed run makes all later steps void. */
  private withDependent(changed: ReadonlySet<number>): ReadonlySet<number> {
    const { repeatedRollout } = this.source.format;
    if (changed.size === 0 || (repeatedRollout !== 'stream' && repeatedRollout !== 'window')) return changed;
    const { steps } = this;
    const first = [...changed].reduce((one, other) => Math.min(one, other));
    if (repeatedRollout === 'stream') return new Set([...changed, ...steps.filter((step) => step > first)]);
    return new Set([...changed].flatMap((step) => [step, steps[countBefore(steps.length, (place) => (steps[place] ?? step) <= step)] ?? step]));
  }

  private addRows(followed: FollowedFile): void {
    this.revision++;
    this.rows.add(followed, this.changed);
  }

  private forget(dropped: ReadonlySet<FollowedFile>): void {
    this.revision++;
    for (const { name } of dropped) this.errorByName.delete(name);
    this.rows.remove(dropped, this.changed);
  }
}

/** What a look at a file counts as, in bytes; a file that is new has to be opened. */
function costOf({ changed, cost }: FilePoll, isNew: boolean, read: number): number {
  return Math.max(changed || isNew ? openingBytes : lookingBytes, read, cost ?? 0);
}
