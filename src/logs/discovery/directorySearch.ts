import { statSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isMissing } from '../../core/errors';
import { FolderReader } from '../files/folderReader';
import type { Folder } from '../logFormat';
import { isVirtual, readMounts, virtualMounts } from '../files/mounts';
import { explainFault } from '../files/readFault';

/** What a search could not look at. */
export interface SearchGaps {
  /** One sentence each, with what to do. */
  readonly problems: readonly string[];
  /** The places themselves: what lies in them may be there all the same. */
  readonly places: readonly string[];
}

/** Looks at one directory; returns which of its folders are not to be searched. Throws what the file system throws. */
export type Visit = (directory: string, folder: Folder) => (name: string) => boolean;

/** How far a search goes. */
export interface SearchLimits {
  readonly depth: number;
  readonly directories: number;
}

const usualLimits: SearchLimits = { depth: 8, directories: 20_000 };
/** What stands in a name for bytes that are no UTF-8. */
const notUnicode = '\ufffd';
/** So many problems are told one by one. */
const maxTold = 20;
/** Other work gets a turn after so long. */
const turnMs = 10;

/**
 * Walks through directories, the nearest to the roots first, so that what is cut off is what lies deepest. Ends after a
 * bounded number of directories and levels. Symbolic links are not followed, and what the kernel makes up (/proc) is left out.
 */
export async function searchDirectories(roots: readonly string[], visit: Visit, limits = usualLimits): Promise<SearchGaps> {
  const search = new Search(visit, limits);
  for (const root of roots) search.addRoot(path.resolve(root));
  let turnEnds = performance.now() + turnMs;
  while (search.visitNext()) {
    if (performance.now() < turnEnds) continue;
    await nextTurn();
    turnEnds = performance.now() + turnMs;
  }
  return search.gaps;
}

interface Place {
  readonly directory: string;
  readonly depth: number;
}

class Search {
  private readonly mounts = readMounts();
  private readonly virtual = virtualMounts(this.mounts);
  private readonly roots: string[] = [];
  private readonly seen = new Set<string>();
  private readonly queue: Place[] = [];
  private readonly problems: string[] = [];
  private readonly unsearched: string[] = [];
  private untold = 0;
  private visited = 0;
  /** Lists the directory that is looked at. */
  private reader = new FolderReader();
  private tooDeep: string | null = null;
  private tooMany: string | null = null;

  constructor(
    private readonly visit: Visit,
    private readonly limits: SearchLimits,
  ) {}

  addRoot(root: string): void {
    this.roots.push(root);
    try {
      if (!statSync(root).isDirectory()) this.tell(`${root} is a file; choose the directory that contains it`);
      else if (isVirtual(root, this.mounts)) this.tell(`${root} is a virtual file system and is not searched; choose a directory on a disk`);
      else this.add({ directory: root, depth: 0 });
    } catch (error) {
      if (isMissing(error)) this.tell(`${root}: does not exist`);
      else this.report(root, error);
    }
  }

  /** Looks at the next directory; false when none is left. */
  visitNext(): boolean {
    const place = this.queue[this.visited];
    if (place === undefined) return false;
    const { reader } = this;
    try {
      reader.look(place.directory);
      // A very large directory takes several turns.
      if (reader.isUnfinished) return true;
      const folder = reader.openSeen(place.directory);
      const isLeftOut = this.visit(place.directory, folder);
      if (reader.faults.length > 0) this.unsearched.push(place.directory);
      reader.faults.forEach((fault) => this.tell(fault));
      for (const name of folder.folders) if (!isLeftOut(name)) this.addInner(path.join(place.directory, name), place.depth + 1);
    } catch (error) {
      this.report(place.directory, error);
    }
    this.visited++;
    this.reader = new FolderReader();
    return true;
  }

  get gaps(): SearchGaps {
    const problems = [...this.problems];
    if (this.untold > 0) problems.push(`${this.untold} more could not be searched`);
    if (this.tooDeep !== null) problems.push(`directories more than ${this.limits.depth} levels deep were not searched, such as ${this.tooDeep}; choose the run directories themselves`);
    if (this.tooMany !== null) problems.push(`stopped after ${this.limits.directories} directories, before ${this.tooMany}; choose the run directories themselves`);
    return { problems, places: this.unsearched };
  }

  private addInner(directory: string, depth: number): void {
    if (this.virtual.has(directory)) return;
    if (depth <= this.limits.depth) this.add({ directory, depth });
    else this.tooDeep ??= directory;
  }

  private add(place: Place): void {
    if (this.seen.has(place.directory)) return;
    if (this.queue.length === this.limits.directories) {
      if (this.tooMany === null) this.unsearched.push(...this.roots);
      this.tooMany ??= place.directory;
      return;
    }
    this.seen.add(place.directory);
    this.queue.push(place);
  }

  private report(directory: string, error: unknown): void {
    const isGone = isMissing(error);
    // Removed since its parent was listed.
    if (isGone && !directory.includes(notUnicode)) return;
    this.unsearched.push(directory);
    this.tell(isGone ? `${directory}: its name is not UTF-8, so it cannot be opened here; rename it` : explainFault(error, directory));
  }

  private tell(problem: string): void {
    if (this.problems.length < maxTold) this.problems.push(problem);
    else this.untold++;
  }
}
