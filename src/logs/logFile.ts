import { readArrayRows } from './files/arrayRows';
import { DocumentFolder, type FolderState } from './files/documentFolder';
import { addHealth, newHealth, type FileHealth } from './fileHealth';
import type { LineListener, ScanListener } from './files/lineTaker';
import { FileTail, type TailPoll } from './files/fileTail';
import type { FoundPrompts } from './columns/foundPrompts';
import { lineLimits, type LongLine } from './files/lineLimits';
import { isTooLongToKeep } from './longTexts';
import { compressedEnd, type LogFormat, type RolloutRow } from './logFormat';
import { readPackedLines } from './files/packedLines';
import { bytesOf } from './parquet/byteSource';
import type { PartsAhead } from './files/partsAhead';
import type { PromptTable } from './columns/promptTable';
import { rawNumberAt } from './files/rawNumber';
import { RepeatedPrompt } from './columns/repeatedPrompt';
import { RolloutTable, type TableColumns } from './columns/rolloutTable';
import { explainReadFault } from './files/readFault';
import type { FastFields } from './scan/fastFields';
import { holdsMeasured } from './scan/measuredText';
import { RolloutReader, type ReadRollout } from './scan/rolloutReader';
import type { ScannedLine } from './scan/scannedLine';
import { wantedOf } from './scan/slimRow';
import { eachTableRow } from './tableRows';
import type { TailState } from './files/tailState';
import { HeavyJsonError, isWholeRecord, parseDocument, parseRecord } from './files/tolerantJson';
import { WholeFile, type PartsProgress, type WholeState } from './files/wholeFile';

/** One look at a log file: what happened, or why it could not be read. */
export interface FilePoll extends TailPoll {
  readonly error: string | null;
  /** What it took, in bytes that would take as long to read; absent where those are the bytes that were read. */
  readonly cost?: number;
}

/** All that was read of a file, and where to go on from: with it a file need not be read again. */
export interface LogFileState {
  readonly table: RolloutTable;
  readonly health: FileHealth;
  readonly source: SourceState;
}

/** What another thread read of a file. */
export interface ReadRows {
  readonly columns: TableColumns;
  readonly prompts: FoundPrompts;
  readonly health: FileHealth;
}

/** How far a file was read, by the way in which it is read. */
export type SourceState =
  | { readonly kind: 'tail'; readonly at: TailState }
  | { readonly kind: 'whole'; readonly at: WholeState }
  | { readonly kind: 'folder'; readonly at: FolderState };

/** One log file under observation: its rollouts so far, kept up to date by `poll`. */
export class LogFile {
  table = new RolloutTable();
  health = newHealth();
  /** Counts the times the file was found rewritten. */
  generation = 0;
  /** The parts of the file that another thread reads. */
  ahead: PartsAhead | null = null;
  private readonly repeated = new RepeatedPrompt();
  /** Set where a scanner can find what a rollout needs. */
  private readonly reader: RolloutReader | null;
  private readonly source: FileTail | WholeFile | DocumentFolder;

  constructor(
    readonly path: string,
    readonly step: number | null,
    private readonly format: LogFormat,
    private readonly prompts: PromptTable,
  ) {
    this.reader = readerOf(format);
    this.source = this.openSource();
  }

  /** Takes over what another reader read of the file, only before the first look; false where it read in another way. */
  restore({ table, health, source: { kind, at } }: LogFileState): boolean {
    const { source } = this;
    if (kind === 'tail' && source instanceof FileTail) source.resume(at);
    else if (kind === 'whole' && source instanceof WholeFile) source.resume(at);
    else if (kind === 'folder' && source instanceof DocumentFolder) source.resume(at);
    else return false;
    this.table = table;
    this.health = health;
    return true;
  }

  /** What was read so far; null where that is no place to go on from. The table goes on growing. */
  get state(): LogFileState | null {
    const source = this.sourceState();
    return source === null ? null : { table: this.table, health: this.health, source };
  }

  /** Takes over the whole file as another thread read it, only before the first look; false where it read in another way. */
  adopt(rows: ReadRows, source: SourceState): boolean {
    if (!this.restore({ table: new RolloutTable(), health: newHealth(), source })) return false;
    this.append(rows);
    return true;
  }

  /** Appends what another thread read next. */
  append({ columns, prompts, health }: ReadRows): void {
    this.table.append(columns, this.prompts.addFound(prompts));
    addHealth(this.health, health);
  }

  /** Reads the lines between two places where lines begin, and nothing else; null where they are not there, else a digest of their ends. */
  readBetween(from: number, to: number): string | null {
    return this.source instanceof FileTail ? this.source.readBetween(from, to) : null;
  }

  /** Whether each row has a place of its own in a table, and all of them were written at once. */
  get isTable(): boolean {
    return this.format.table !== undefined;
  }

  get pendingBytes(): number {
    return this.source.pendingBytes;
  }

  get modifiedAt(): number | null {
    return this.source.modifiedAt;
  }

  get progress(): { readonly read: number; readonly size: number } {
    return this.source.progress;
  }

  /** How many bytes were read; progress reckons small documents with more. */
  get bytesRead(): number {
    return this.source instanceof FileTail ? this.source.progress.read : this.source.contentBytes;
  }

  /** Brings the table up to date, reading at most about `budget` bytes. What is read stays when the file cannot be read any more. */
  poll(budget: number, now: number): FilePoll {
    try {
      return { ...this.source.poll(budget, now), error: null };
    } catch (error) {
      return { changed: false, more: false, error: explainReadFault(error, this.path) };
    } finally {
      this.repeated.clear();
    }
  }

  private openSource(): FileTail | WholeFile | DocumentFolder {
    const { documentNames, kind, table, keyOfRow } = this.format;
    if (documentNames !== undefined) {
      return new DocumentFolder(this.path, documentNames, { onDocument: (content) => this.readOneOfMany(content), onLongDocument: (length) => this.passOver({ offset: 0, length }), onReset: () => this.forget() });
    }
    if (kind === 'document') return new WholeFile(this.path, { whole: (content) => this.readDocument(content, () => this.forget()) });
    const inParts = (read: (log: LogFile, fd: () => number) => Generator<PartsProgress, void>): WholeFile => new WholeFile(this.path, { parts: (fd) => this.replaceBy((log) => read(log, fd)) });
    if (table !== undefined) return inParts((log, fd) => eachTableRow(table, bytesOf(this.path, fd), (row, place) => log.add(row, place)));
    if (keyOfRow !== undefined) return inParts((log, fd) => readArrayRows(this.path, fd, { keyOfRow, ...log.lineListener() }));
    if (compressedEnd.test(this.path)) return inParts((log, fd) => readPackedLines(this.path, fd, log.lineListener()));
    return new FileTail(this.path, { ...this.lineListener(), onReset: () => this.forget(), isWholeRecord, ahead: () => this.ahead });
  }

  private lineListener(): LineListener {
    return {
      onLine: (line, offset) => this.readLine(line, offset),
      onLongLine: (offset, length) => this.passOver({ offset, length }),
      scan: this.scanListener(),
    };
  }

  private sourceState(): SourceState | null {
    const { source } = this;
    if (source instanceof DocumentFolder) return { kind: 'folder', at: source.state };
    if (source instanceof WholeFile) return source.state === null ? null : { kind: 'whole', at: source.state };
    const at = source.state;
    return at === null ? null : { kind: 'tail', at };
  }

  /** False where it is not whole yet. */
  private readDocument(content: Buffer, forget = (): void => undefined): boolean {
    const document = parseDocument(content);
    if (document === undefined) return false;
    // What was read stays where the new content turns out not to be whole.
    const rows = this.format.readRow(document, { rawNumber: () => null });
    forget();
    for (const row of rows) this.add(row, 0);
    return true;
  }

  private readOneOfMany(content: Buffer): boolean {
    try {
      return this.readDocument(content);
    } catch (error) {
      if (!(error instanceof HeavyJsonError)) throw error;
      this.passOver({ offset: 0, length: content.length });
      return true;
    }
  }

  /** Takes over what another log brings of the file; what was read stays where the new content turns out not to be whole. */
  private *replaceBy(read: (log: LogFile) => Generator<PartsProgress, void>): Generator<PartsProgress, void> {
    const log = new LogFile(this.path, this.step, this.format, this.prompts);
    yield* read(log);
    this.forget();
    this.table = log.table;
    this.health = log.health;
  }

  private forget(): void {
    if (this.table.length > 0) this.generation++;
    this.ahead = null;
    this.table = new RolloutTable();
    this.health = newHealth();
  }

  private readLine(line: Buffer, offset: number): void {
    const place = { offset, length: line.length };
    if (!this.readRow(line, place)) this.health.badLines++;
  }

  private passOver(line: LongLine): void {
    this.health.badLines++;
    this.health.longLines.push(line);
  }

  /** Reads what is given of a row; false where it is none, is nested so deep that no function can walk it, or more was left out of it than can be. */
  private readRow(given: Buffer, place: LongLine): boolean {
    try {
      const row = parseRecord(given);
      if (row === null) return false;
      const rollouts = this.format.readRow(row, { rawNumber: (path) => rawNumberAt(given.toString('utf8'), path) });
      if (rollouts.some(({ prompt }) => holdsMeasured(prompt))) return false;
      if (given.length > lineLimits().maxKeptBytes && rollouts.some(isTooLongToKeep)) throw new HeavyJsonError();
      if (rollouts.length === 0) this.health.ignoredLines++;
      for (const rollout of rollouts) this.add(rollout, place.offset);
      return true;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      if (error instanceof HeavyJsonError) this.passOver(place);
      return error instanceof HeavyJsonError;
    }
  }

  private scanListener(): ScanListener | null {
    if (this.reader !== null) return { wanted: this.reader.numbers.wanted, onLine: (line, offset) => this.readScannedLine(line, offset) };
    const { slim } = this.format;
    return slim === undefined ? null : { wanted: wantedOf(slim), onLine: (line, offset) => this.readSlimLine(line, offset) };
  }

  /** Reads a row of which as much was left out as the format allows; false where it has to be parsed whole after all. */
  private readSlimLine(line: ScannedLine, offset: number): boolean {
    return this.readRow(line.slim(), { offset, length: line.end - line.start });
  }

  private readScannedLine(line: ScannedLine, offset: number): boolean {
    const { reader } = this;
    try {
      if (reader?.holdsMore(line, lineLimits().maxKeptBytes) === true) throw new HeavyJsonError();
      if (reader?.read(line) !== true) return false;
      if (this.counts(reader.rollout)) {
        const prompt = this.prompts.internLine(line, reader.numbers, this.path, offset);
        this.table.push(reader.rollout, reader.rollout.step ?? this.step ?? 0, prompt, offset);
      }
    } catch (error) {
      if (!(error instanceof HeavyJsonError)) throw error;
      this.passOver({ offset, length: line.end - line.start });
    }
    return true;
  }

  private add(row: RolloutRow, offset: number): void {
    if (!this.counts(row)) return;
    if (row.note !== undefined) this.health.notes.add(row.note);
    this.table.push(row, row.step ?? this.step ?? 0, this.repeated.indexOf(row, this.prompts, this.path, offset), offset);
  }

  /** Whether a rollout is one of training whose step is known; what is not is counted elsewhere. */
  private counts(row: ReadRollout): boolean {
    const step = row.step ?? this.step;
    if (step === null) {
      this.health.ignoredLines++;
      return false;
    }
    if (row.split === 'val' && this.format.evaluationOnly !== true) {
      this.health.validationRows++;
      return false;
    }
    if (this.step !== null && step !== this.step) this.health.stepMismatches++;
    if (row.explicitField !== null) this.health.explicitField = row.explicitField;
    return true;
  }
}

/** One reader for all files of a format, so that the scanner keeps looking for the same fields. */
const readers = new Map<FastFields, RolloutReader>();

function readerOf({ fastFields }: LogFormat): RolloutReader | null {
  if (fastFields === undefined) return null;
  const reader = readers.get(fastFields) ?? new RolloutReader(fastFields);
  readers.set(fastFields, reader);
  return reader;
}
