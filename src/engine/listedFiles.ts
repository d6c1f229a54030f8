import type { LogFileName } from '../logs/logFormat';
import { explainReadFault } from '../logs/readFault';
import type { IndexedFile, RunIndex } from '../logs/runIndex';
import { lookForLogFiles, type RunSource } from '../logs/runSource';
import type { FollowedFile } from './followedFile';
import type { FollowedFiles } from './followedFiles';
import { ForeignFiles } from './foreignFiles';

/** So many files are taken up in one turn, or fewer that come with so many rows. */
const filesPerTurn = 1024;
const rowsPerTurn = 1 << 18;

/** Who hears of files that come and go. */
export interface ListingListener {
  /** A file came with rows that an index holds of it. */
  readonly onFollowed: (followed: FollowedFile) => void;
  readonly onDropped: (dropped: ReadonlySet<FollowedFile>) => void;
}

/** Keeps the followed files to those that a run's directory has, in turns where they are very many. */
export class ListedFiles {
  /** Why the directory could not be listed last. */
  error: string | null = null;
  private readonly foreign: ForeignFiles;
  private listed: readonly LogFileName[] | null = null;
  /** Files that came and are not followed yet, the next one last. */
  private coming: LogFileName[] = [];
  private isOutOfOrder = false;
  /** What an index holds, by name: what was read, or the number of a file at rest. */
  private indexed: Map<string, IndexedFile | number> | null = null;
  private fileSteps: readonly (number | null)[] = [];

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
  takeOver({ files, resting }: RunIndex): void {
    this.files.takeOver(resting);
    [this.listed, this.coming] = [null, []];
    this.indexed = new Map<string, IndexedFile | number>(files.map((file) => [file.name, file]));
    resting.names.forEach((name, number) => this.indexed?.set(name, number));
    this.fileSteps = resting.fileSteps;
  }

  /** Goes on listing by one turn; `turn` counts the readings. False where that is not all. */
  listOn(turn: number): boolean {
    if (this.coming.length === 0) {
      const isListed = this.list(turn);
      if (!isListed) return false;
    }
    this.followSome();
    if (this.coming.length > 0) return false;
    if (this.isOutOfOrder) this.putInOrder();
    this.endRestoring();
    return true;
  }

  /** Finds what came and went; false where the directory is not listed to its end. */
  private list(turn: number): boolean {
    let present: readonly LogFileName[] | null;
    try {
      present = lookForLogFiles(this.source);
      this.error = null;
    } catch (error) {
      this.error = explainReadFault(error, this.source.logPath);
      return true;
    }
    if (present === null) return false;
    if (present === this.listed && !this.source.format.namesAreVague) return true;
    this.listed = present;
    const came = this.compare(present).filter((entry) => !this.foreign.has(entry, turn));
    this.coming = came.reverse();
    return true;
  }

  /** Drops the files that are gone; returns those that came. A file that came or came back may belong before others. */
  private compare(present: readonly LogFileName[]): LogFileName[] {
    const { ordered } = this.files;
    const came: LogFileName[] = [];
    let place = 0;
    for (const entry of present) {
      if (ordered[place]?.name === entry.name) {
        this.isOutOfOrder ||= came.length > 0;
        place++;
      } else if (this.files.get(entry.name) === undefined) came.push(entry);
      else this.isOutOfOrder = true;
    }
    if (place === ordered.length) return came;
    const names = new Set(present.map(({ name }) => name));
    const gone = new Set(ordered.filter(({ name }) => !names.has(name)));
    if (gone.size > 0) {
      this.listener.onDropped(gone);
      this.files.drop(gone);
    }
    return came;
  }

  private followSome(): void {
    let rows = 0;
    for (let count = 0; count < filesPerTurn && rows < rowsPerTurn; count++) {
      const entry = this.coming.pop();
      if (entry === undefined) return;
      const followed = this.files.follow(entry, this.indexedAs(entry));
      const { ranges } = this.files.rangesOf(followed);
      if (ranges.length === 0) continue;
      rows += (ranges.at(-1)?.end ?? 0) - (ranges[0]?.start ?? 0);
      this.listener.onFollowed(followed);
    }
  }

  private indexedAs({ name, step }: LogFileName): IndexedFile | number | undefined {
    const known = this.indexed?.get(name);
    const knownStep = typeof known === 'number' ? this.fileSteps[known] : known?.step;
    if (known === undefined || knownStep !== step) return undefined;
    this.indexed?.delete(name);
    return known;
  }

  private endRestoring(): void {
    for (const left of this.indexed?.values() ?? []) if (typeof left === 'number') this.files.forgetResting(left);
    [this.indexed, this.fileSteps] = [null, []];
  }

  private putInOrder(): void {
    this.isOutOfOrder = false;
    this.files.putInOrder((this.listed ?? []).flatMap(({ name }) => this.files.get(name) ?? []));
  }
}
