import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { digestBetween } from '../../logs/files/fileDigest';
import type { LogFile } from '../../logs/logFile';
import { compressedEnd, type LogFormat } from '../../logs/logFormat';
import type { PartsAhead } from '../../logs/files/partsAhead';
import type { PartRequest, ReadPart, Span } from '../../logs/readPart';
import { formatNameOf, type FormatName, type RunSource } from '../../logs/runSource';
import type { SecondReader } from './secondReader';

/** So much is read by each thread in turns. */
const unitBytes = 1 << 24;
/** Units that are asked for ahead of where the engine reads: so many that neither thread waits for the other where now one is quicker, now the other. */
const maxUnits = 5;
/** Less than this is read by one thread as fast: another one takes a while to start and to be compiled, and what it read has to be taken over. */
const worthBytes = 2 ** 32;
/** A line end is sought for so long. */
const maxSearchBytes = 1 << 25;
const newline = 0x0a;

interface Part {
  readonly file: LogFile;
  /** Null: the whole file. */
  readonly between: Span | null;
}

interface Unit {
  readonly number: number;
  readonly parts: readonly Part[];
  /** What was read, once it is there. */
  read: readonly (ReadPart | null)[] | null;
}

/** How reading is shared; tests make the units small. */
export interface SharedReading {
  readonly second: SecondReader;
  readonly unitBytes?: number;
  readonly worthBytes?: number;
}

/**
 * Lets a second thread read every other part of what is unread of a run, ahead of the engine, which takes the parts over
 * in the order of the files and of their rows: what comes out is the same as if it had read all of it itself.
 */
export class ReadAhead {
  /** Set when a part was not there yet: what comes after it has to wait. */
  isWaiting = false;
  private units: Unit[] = [];
  private readonly pieces: Iterator<readonly Part[], void>;
  /** Pieces that were left to this thread. */
  private readonly own: (readonly Part[])[] = [];
  private readonly name: FormatName;
  private turn = 0;
  /** Set when this thread had to wait for the other one, which is slower then: the next piece is for this one too. */
  private hadToWait = false;

  private constructor(
    private readonly second: SecondReader,
    source: RunSource,
    private readonly files: readonly LogFile[],
    bytes: number,
  ) {
    this.name = formatNameOf(source);
    this.pieces = piecesOf(files, source.format, bytes);
    for (const file of files) file.ahead = this.partsOf(file);
  }

  /** Shares the reading of files, given in the order in which they are read; null where that is not worth it. */
  static begin({ second, unitBytes: bytes = unitBytes, worthBytes: worth = worthBytes }: SharedReading, source: RunSource, files: readonly LogFile[]): ReadAhead | null {
    if (!second.isUsable || source.format.documentNames !== undefined) return null;
    const unread = files.reduce((sum, file) => sum + Math.max(0, sizeOf(file) - file.progress.read), 0);
    return unread < worth ? null : new ReadAhead(second, source, files, bytes);
  }

  /** Asks for more as far ahead as may be. To be called again and again while there is something to read. */
  refill(): void {
    this.isWaiting = false;
    this.units = this.units.filter((unit) => this.isWanted(unit));
    while (this.units.length < maxUnits) {
      const parts = this.nextPiece();
      if (parts === null) return;
      const number = this.second.request(this.name, parts.map(requestOf));
      if (number !== null) this.units.push({ number, parts, read: null });
    }
  }

  /** The next piece for the other thread: every other one is left to this thread, unless the other one has run out of work. */
  private nextPiece(): readonly Part[] | null {
    const isIdle = this.units.every(({ number, read }) => read !== null || this.second.isDone(number));
    for (let piece = this.pieces.next(); piece.done !== true; piece = this.pieces.next()) {
      if (!this.isOwn() || (isIdle && this.units.length > 0)) return piece.value;
      this.own.push(piece.value);
    }
    // In the end it takes the last of what this thread has not come to.
    const last = isIdle ? this.own.pop() : undefined;
    return last?.some(isAhead) === true ? last : null;
  }

  /** Whether the next piece is for this thread. */
  private isOwn(): boolean {
    if (!this.hadToWait) return this.turn++ % 2 === 0;
    this.hadToWait = false;
    return true;
  }

  /** Takes over a whole file that nobody has looked at; false when there is nothing to take over, or not yet. */
  adopt(file: LogFile): boolean {
    const read = file.modifiedAt === null ? this.take(file, (between) => between === null) : null;
    if (read === null || read === 'later' || read.source.kind === 'between') return false;
    return file.adopt(read, read.source);
  }

  /** Nobody wants what was asked for any more. */
  end(): void {
    for (const { number } of this.units) this.second.drop(number);
    for (const file of this.files) file.ahead = null;
    this.units = [];
  }

  private partsOf(file: LogFile): PartsAhead {
    return {
      next: (from) => {
        const starts = this.units.flatMap(({ parts }) => parts.flatMap((part) => (part.file === file && part.between !== null ? part.between.from : [])));
        return Math.min(Infinity, ...starts.filter((start) => start >= from));
      },
      take: (at, fd) => {
        let end = at;
        const read = this.take(file, (between) => {
          if (between?.from !== at) return false;
          end = between.to;
          return true;
        });
        if (read === 'later') return 'later';
        // Between the two readers the file may have been rewritten.
        if (read?.source.kind !== 'between' || digestBetween(fd, at, end) !== read.source.digest) return null;
        file.append(read);
        this.refill();
        return end;
      },
    };
  }

  private take(file: LogFile, isIt: (between: Span | null) => boolean): ReadPart | 'later' | null {
    for (const unit of this.units) {
      const index = unit.parts.findIndex((part) => part.file === file && isIt(part.between));
      if (index < 0) continue;
      this.hadToWait ||= unit.read === null && !this.second.isDone(unit.number);
      const read = unit.read ?? this.second.take(unit.number);
      this.isWaiting = read === 'later';
      if (read === 'later') return 'later';
      unit.read = read ?? [];
      const part = unit.read[index] ?? null;
      this.units = this.units.flatMap((each) => (each === unit ? withoutPart(unit, index) : each));
      return part;
    }
    return null;
  }

  /** Whether a part of a unit is still ahead of this thread. */
  private isWanted({ number, parts }: Unit): boolean {
    const wanted = parts.some(isAhead);
    if (!wanted) this.second.drop(number);
    return wanted;
  }
}

/** Whether the engine has not come to a part yet. */
function isAhead({ file, between }: Part): boolean {
  return between === null ? file.modifiedAt === null : file.ahead !== null && file.progress.read <= between.from;
}

function withoutPart({ number, parts, read }: Unit, index: number): Unit[] {
  const others = <Item>(items: readonly Item[]): Item[] => items.filter((_, i) => i !== index);
  return parts.length === 1 || read?.length === 0 ? [] : [{ number, parts: others(parts), read: read === null ? null : others(read) }];
}

function requestOf({ file, between }: Part): PartRequest {
  return { file: file.path, step: file.step, between };
}

/** What is unread of files, in order, in pieces of about so many bytes. */
function* piecesOf(files: readonly LogFile[], format: LogFormat, bytes: number): Generator<readonly Part[], void> {
  let together: Part[] = [];
  let sum = 0;
  for (const file of files) {
    const size = sizeOf(file);
    const isWhole = file.modifiedAt === null && (size <= 2 * bytes || !hasLines(file, format));
    if (together.length > 0 && (!isWhole || sum >= bytes)) {
      yield together;
      [together, sum] = [[], 0];
    }
    if (!isWhole) {
      yield* spansOf(file, bytes);
      continue;
    }
    together.push({ file, between: null });
    sum += size;
  }
  if (together.length > 0) yield together;
}

/** Whether a file can be read from any line on. */
function hasLines({ path }: LogFile, { kind }: LogFormat): boolean {
  return kind === 'lines' && !compressedEnd.test(path);
}

/** What is unread of one large file. The first piece is where this thread reads already; its remainder is nobody's but its own. */
function* spansOf(file: LogFile, bytes: number): Generator<readonly Part[], void> {
  const size = sizeOf(file);
  let from = lineStart(file.path, file.progress.read);
  while (from !== null && size - from > bytes) {
    const to = lineStart(file.path, from + bytes);
    if (to === null) return;
    yield [{ file, between: { from, to } }];
    from = to > file.progress.read ? to : lineStart(file.path, file.progress.read + bytes);
  }
}

/** The first place at or after `at` where a line begins; null when there is none near. */
function lineStart(file: string, at: number): number | null {
  if (at === 0) return 0;
  const chunk = Buffer.allocUnsafe(1 << 16);
  let fd: number | null = null;
  try {
    fd = openSync(file, 'r');
    for (let from = at - 1; from < at + maxSearchBytes; from += chunk.length) {
      const read = readSync(fd, chunk, 0, chunk.length, from);
      const end = chunk.subarray(0, read).indexOf(newline);
      if (end >= 0) return from + end + 1;
      if (read === 0) return null;
    }
    return null;
  } catch {
    // Gone or not to be read: whoever reads it in turn says so.
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

function sizeOf({ path }: LogFile): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
