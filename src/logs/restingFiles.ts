import { closeSync, openSync, statSync } from 'node:fs';
import { grown } from '../core/column';
import { newHealth, type FileHealth } from './fileHealth';
import { digestEnds } from './files/fileDigest';
import type { LogFileState } from './logFile';
import { RolloutTable, type StepRange } from './columns/rolloutTable';
import { keptStamp, type TailState } from './files/tailState';

/** Files at rest in arrays that can be kept; a file's place among them is its number. */
export interface PackedResting {
  /** For each file four words of 64 bits: size, times of change and of status change in ns, inode. */
  readonly stamps: Uint32Array<ArrayBuffer>;
  /** Digests of all of the file, or both ends of it, and of both ends. */
  readonly digests: Uint8Array<ArrayBuffer>;
  /** Where the file's rows begin in the table, how many there are, and which health is the file's. */
  readonly places: Uint32Array<ArrayBuffer>;
  /** The step of the rows. */
  readonly steps: Float64Array<ArrayBuffer>;
  readonly healths: readonly FileHealth[];
  readonly table: RolloutTable;
}

const stampWords = 4;
const digestBytes = 20;
const placeWords = 3;
const firstCapacity = 64;
/** A file with more rows is left as it is: it takes little besides them. */
const maxRows = 1024;
const maxHealths = 1024;
/** Rows that nobody has any more are cleared away when they are so many and more than the others. */
const minWaste = 1 << 16;

/**
 * What was read of files that were read to their end, in columns: very many small files would take kilobytes each. Such
 * a file has rows of one step at most. What a number is of is only told while the file rests.
 */
export class RestingFiles {
  /** The rows of all of them. */
  table = new RolloutTable();
  private stamps = new BigUint64Array(firstCapacity * stampWords);
  private digests = Buffer.from(new ArrayBuffer(firstCapacity * 2 * digestBytes));
  private places = new Uint32Array(firstCapacity * placeWords);
  private steps = new Float64Array(firstCapacity);
  private modified = new Float64Array(firstCapacity);
  /** 1 where another reader read the file, and it was not compared yet. */
  private unverified = new Uint8Array(firstCapacity);
  private healths: FileHealth[] = [];
  private readonly healthNumbers = new Map<string, number>();
  private count = 0;
  private heldRows = 0;
  private readonly free: number[] = [];

  /** Files that another reader left at rest. */
  static of({ stamps, digests, places, steps, healths, table }: PackedResting): RestingFiles {
    const files = new RestingFiles();
    files.stamps = new BigUint64Array(stamps.buffer, stamps.byteOffset, stamps.length / 2);
    files.digests = Buffer.from(digests.buffer, digests.byteOffset, digests.length);
    [files.places, files.steps, files.table] = [places, steps, table];
    files.count = steps.length;
    files.unverified = new Uint8Array(steps.length).fill(1);
    files.modified = new Float64Array(steps.length);
    for (let file = 0; file < steps.length; file++) files.modified[file] = wholeMilliseconds(stamps, (file * stampWords + 1) * 2);
    healths.forEach((health) => files.numberOf(health));
    files.heldRows = table.length;
    return files;
  }

  /** Lets a file rest as it was read; null where that has too much to say. `now` in ms. */
  rest({ table, health, source }: LogFileState, now: number): number | null {
    const isFit = source.kind === 'tail' && table.length <= maxRows && table.ranges.length < 2 && isRestful(source.at, now);
    const healthNumber = isFit ? this.numberOf(health) : null;
    if (!isFit || healthNumber === null) return null;
    this.clearAway();
    const file = this.free.pop() ?? this.newNumber();
    this.keep(file, source.at);
    this.places.set([this.table.length, table.length, healthNumber], file * placeWords);
    this.steps[file] = table.ranges[0]?.step ?? 0;
    this.unverified[file] = 0;
    this.table.appendRows(table, 0, table.length, 0);
    this.heldRows += table.length;
    return file;
  }

  /** What was read of a file, which rests no more. */
  wake(file: number): LogFileState {
    const table = new RolloutTable();
    const { step, start, end } = this.range(file);
    if (end > start) table.appendRows(this.table, start, end, step);
    const health = this.health(file);
    const source = { kind: 'tail', at: this.tailState(file) } as const;
    this.forget(file);
    return { table, health: { ...health, longLines: [...health.longLines], notes: new Set(health.notes) }, source };
  }

  /** Forgets a file. */
  forget(file: number): void {
    this.heldRows -= this.place(file, 1);
    this.places[file * placeWords + 1] = 0;
    this.free.push(file);
  }

  /** False where another reader read the file, and it was not compared yet. */
  isVerified(file: number): boolean {
    return this.unverified[file] === 0;
  }

  /** Whether the file is still as it was read. Throws what the file system throws. */
  isAsRead(file: number, path: string): boolean {
    const { size, mtimeNs, ctimeNs, ino } = statSync(path, { bigint: true });
    const isSame = [size, mtimeNs, ctimeNs, ino].every((value, word) => this.stamps[file * stampWords + word] === value);
    if (!isSame || this.unverified[file] === 0) return isSame;
    const fd = openSync(path, 'r');
    try {
      this.unverified[file] = 0;
      return digestEnds(fd, this.size(file)) === this.digest(file, 1);
    } finally {
      closeSync(fd);
    }
  }

  /** Where a file's rows are in the table, and their step. */
  range(file: number): StepRange {
    const start = this.place(file, 0);
    return { step: this.steps[file] ?? 0, start, end: start + this.place(file, 1) };
  }

  health(file: number): FileHealth {
    return this.healths[this.place(file, 2)] ?? newHealth();
  }

  size(file: number): number {
    return Number(this.stamps[file * stampWords] ?? 0n);
  }

  /** When a file was last changed, ms since the epoch. */
  modifiedAt(file: number): number {
    return this.modified[file] ?? 0;
  }

  /** Some of the files, renumbered in this order. What is packed does not change any more. */
  pack(files: readonly number[]): PackedResting {
    const packed = new RestingFiles();
    packed.table = this.table;
    packed.healths = this.healths;
    packed.resize(Math.max(firstCapacity, files.length));
    for (let first = 0; first < files.length; ) {
      const from = files[first] ?? 0;
      // Their numbers mostly follow each other.
      let end = first + 1;
      while (end < files.length && files[end] === from + end - first) end++;
      packed.copy(this, from, first, end - first);
      first = end;
    }
    packed.count = files.length;
    const { count, stamps, digests, places, steps, healths } = packed;
    return {
      stamps: new Uint32Array(stamps.buffer, 0, count * stampWords * 2),
      digests: new Uint8Array(digests.buffer, digests.byteOffset, count * 2 * digestBytes),
      places: places.subarray(0, count * placeWords),
      steps: steps.subarray(0, count),
      healths: [...healths],
      table: RolloutTable.of(this.table.columns),
    };
  }

  private keep(file: number, { seen, prefix, ends }: TailState): void {
    const { size, mtimeNs, ctimeNs, ino } = seen;
    this.stamps.set([size, mtimeNs, ctimeNs, ino].map(BigInt), file * stampWords);
    this.modified[file] = milliseconds(BigInt(mtimeNs));
    this.digests.write(prefix?.digest ?? '', file * 2 * digestBytes, 'base64');
    this.digests.write(ends, (file * 2 + 1) * digestBytes, 'base64');
  }

  private tailState(file: number): TailState {
    const [size = 0n, mtimeNs = 0n, ctimeNs = 0n, ino = 0n] = this.stamps.subarray(file * stampWords, (file + 1) * stampWords);
    const offset = Number(size);
    const prefix = { digest: this.digest(file, 0), length: offset, isMidway: false };
    return { offset, taken: 0, seen: keptStamp({ size, mtimeNs, ctimeNs, ino }), prefix, ends: this.digest(file, 1) };
  }

  private digest(file: number, which: 0 | 1): string {
    const start = (file * 2 + which) * digestBytes;
    return this.digests.toString('base64', start, start + digestBytes);
  }

  private place(file: number, word: number): number {
    return this.places[file * placeWords + word] ?? 0;
  }

  /** Most files of a run are alike in this. */
  private numberOf(health: FileHealth): number | null {
    const key = JSON.stringify({ ...health, notes: [...health.notes] });
    const known = this.healthNumbers.get(key);
    if (known !== undefined || this.healths.length === maxHealths) return known ?? null;
    this.healthNumbers.set(key, this.healths.length);
    return this.healths.push(health) - 1;
  }

  private newNumber(): number {
    if (this.count === this.steps.length) this.resize(Math.max(firstCapacity, this.count * 2));
    return this.count++;
  }

  /** Gives the columns of files room for so many. */
  private resize(capacity: number): void {
    this.stamps = grown(this.stamps, new BigUint64Array(capacity * stampWords));
    this.digests = grown(this.digests, Buffer.from(new ArrayBuffer(capacity * 2 * digestBytes)));
    this.places = grown(this.places, new Uint32Array(capacity * placeWords));
    this.steps = grown(this.steps, new Float64Array(capacity));
    this.modified = grown(this.modified, new Float64Array(capacity));
    this.unverified = grown(this.unverified, new Uint8Array(capacity));
  }

  /** Takes over what is kept of `count` files from one number on, under other numbers. */
  private copy(other: RestingFiles, from: number, to: number, count: number): void {
    const part = (width: number): [number, number] => [from * width, (from + count) * width];
    this.stamps.set(other.stamps.subarray(...part(stampWords)), to * stampWords);
    this.digests.set(other.digests.subarray(...part(2 * digestBytes)), to * 2 * digestBytes);
    this.places.set(other.places.subarray(...part(placeWords)), to * placeWords);
    this.steps.set(other.steps.subarray(...part(1)), to);
  }

  private clearAway(): void {
    if (this.table.length - this.heldRows < Math.max(minWaste, this.heldRows)) return;
    const before = this.table;
    this.table = new RolloutTable();
    for (let file = 0; file < this.count; file++) {
      const { start, end } = this.range(file);
      if (end === start) continue;
      this.places[file * placeWords] = this.table.length;
      this.table.appendRows(before, start, end, 0);
    }
  }
}

function milliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds / 1_000_000n);
}

/** The same of a number in two words, the low one first: for very many of them, and for times up to the year 2500. */
function wholeMilliseconds(words: Uint32Array, at: number): number {
  const [low, high] = [words[at] ?? 0, words[at + 1] ?? 0];
  // 2 ** 32 is 4294 millions and 967296; all sums are whole numbers that a number holds.
  return high * 4294 + Math.floor((high * 967_296 + low) / 1e6);
}

/** Whether a file was read to its end, and whoever changes it from now on changes its times. */
function isRestful({ offset, taken, seen, prefix }: TailState, now: number): boolean {
  const restedMs = now - milliseconds(BigInt(seen.ctimeNs));
  return taken === 0 && offset > 0 && String(offset) === seen.size && prefix?.length === offset && !prefix.isMidway && restedMs >= restMs;
}

/** Some disks keep times to two seconds; a file that had changed just before a look is compared after as long again. */
export const restMs = 4000;
