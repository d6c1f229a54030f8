import type { LogFileName } from '../../logs/logFormat';
import { explainReadFault } from '../../logs/files/readFault';
import type { RunIndex } from '../../logs/runIndex';
import { lookForLogFiles, type RunSource } from '../../logs/runSource';
import type { FollowedFile } from './followedFile';
import type { FollowedFiles } from './followedFiles';
import { ForeignFiles } from './foreignFiles';
import { IndexedFiles } from './indexedFiles';

/** So many files are taken up in one turn, or fewer that come with so many rows. */
const filesPerTurn = 1024;
const rowsPerTurn = 1 << 18;

/** Who hears of files that come and go. */
export interface ListingListener {
  /** A file came with rows that an index holds of it. */
  readonly onFollowed: (followed: FollowedFile) => void;
  /** A launch that came or went made the file's another one. */
  readonly onRelaunched: (followed: FollowedFile) => void;
  readonly onDropped: (dropped: ReadonlySet<FollowedFile>) => void;
}

/** More names than these are compared in a turn of their own. */
const comparedAtOnce = 8192;

/** Keeps the followed files to those that a run's directory has, in turns where they are very many. */
export class ListedFiles {
  /** Why the directory could not be listed last. */
  error: string | null = null;
  private readonly foreign: ForeignFiles;
  private listed: readonly LogFileName[] | null = null;
  private work: Generator<void, void> | null = null;
  private isOutOfOrder = false;
  private indexed: IndexedFiles | null = null;

  constructor(
    private readonly source: RunSource,
    private readonly files: FollowedFiles,
    private readonly listener: ListingListener,
  ) {
    this.foreign = new ForeignFiles(source);
  }

  /** Whether files that come may lie in an index. */
  get isRestoring(): boolean {
    return this.indexed !== null;
  }

  /** Takes over what an index holds of files; those that were only looked at so far are followed anew. */
  takeOver(index: RunIndex): void {
    this.files.takeOver(index.resting);
    [this.listed, this.work] = [null, null];
    this.indexed = new IndexedFiles(index);
  }

  /** Goes on listing by one turn; `turn` counts the readings. False where that is not all. */
  listOn(turn: number): boolean {
    this.work ??= this.list(turn);
    if (this.work.next().done !== true) return false;
    this.work = null;
    return true;
  }

  private *list(turn: number): Generator<void, void> {
    const present = yield* this.look();
    if (present !== null && (present !== this.listed || this.source.format.namesAreVague)) {
      const isLong = present !== this.listed && present.length > comparedAtOnce;
      if (isLong) yield;
      yield* this.follow(present, turn);
    }
    this.endRestoring();
  }

  /** Null where the directory cannot be listed. */
  private *look(): Generator<void, readonly LogFileName[] | null> {
    try {
      for (;;) {
        const present = lookForLogFiles(this.source);
        this.error = null;
        if (present !== null) return present;
        yield;
      }
    } catch (error) {
      this.error = explainReadFault(error, this.source.logPath);
      return null;
    }
  }

  /** Finds what came and went, and follows the former. */
  private *follow(present: readonly LogFileName[], turn: number): Generator<void, void> {
    this.listed = present;
    const isFirst = this.files.ordered.length === 0;
    const came = (isFirst ? present : this.compare(present)).filter((entry) => !this.foreign.has(entry, turn));
    const known = this.files.ordered.length;
    if (came.length > filesPerTurn) yield;
    for (let next = 0; next < came.length; ) {
      next = this.followSome(came, next);
      if (next < came.length) yield;
    }
    if (!this.isOutOfOrder) return;
    if (present.length > comparedAtOnce) yield;
    this.putInOrder(known);
  }

  /** Drops the files that are gone; returns those that came. A file that came or came back may belong before others. */
  private compare(present: readonly LogFileName[]): LogFileName[] {
    const { ordered } = this.files;
    const came: LogFileName[] = [];
    const passed = new Set<FollowedFile>();
    let place = 0;
    for (const entry of present) {
      const known = ordered[place]?.name === entry.name ? ordered[place] : this.files.get(entry.name);
      if (known === undefined) {
        came.push(entry);
        continue;
      }
      this.relaunch(known, entry);
      this.isOutOfOrder ||= came.length > 0 || known.position < place;
      passed.delete(known);
      // Those in between are gone, or in another place.
      for (; place < known.position; place++) passed.add(ordered[place] ?? known);
      place = Math.max(place, known.position + 1);
    }
    const gone = new Set([...passed, ...ordered.slice(place)]);
    if (gone.size > 0) {
      this.listener.onDropped(gone);
      this.files.drop(gone);
    }
    return came;
  }

  private relaunch(known: FollowedFile, { launch }: LogFileName): void {
    if (known.launch === launch) return;
    known.launch = launch;
    this.listener.onRelaunched(known);
  }

  /** Follows files from one on, as many as a turn has room for; returns the next one. */
  private followSome(came: readonly LogFileName[], first: number): number {
    const end = Math.min(came.length, first + filesPerTurn);
    let [next, rows] = [first, 0];
    while (next < end && rows < rowsPerTurn) {
      const entry = came[next++];
      if (entry === undefined) break;
      const followed = this.files.follow(entry, this.indexed?.take(entry));
      const { ranges } = this.files.rangesOf(followed);
      if (ranges.length === 0) continue;
      rows += (ranges.at(-1)?.end ?? 0) - (ranges[0]?.start ?? 0);
      this.listener.onFollowed(followed);
    }
    return next;
  }

  private endRestoring(): void {
    for (const left of this.indexed?.left ?? []) this.files.forgetResting(left);
    this.indexed = null;
  }

  /** `known` files were there before others were followed, which came last, in the order in which they are listed. */
  private putInOrder(known: number): void {
    this.isOutOfOrder = false;
    // Both parts mostly are in order already.
    const parts = [this.files.ordered.slice(0, known), this.files.ordered.slice(known)];
    const places = parts.map(() => 0);
    const inOrder = (this.listed ?? []).flatMap(({ name }) => {
      const part = parts.findIndex((files, i) => files[places[i] ?? 0]?.name === name);
      if (part < 0) return this.files.get(name) ?? [];
      const place = places[part] ?? 0;
      places[part] = place + 1;
      return parts[part]?.[place] ?? [];
    });
    this.files.putInOrder(inOrder);
  }
}
