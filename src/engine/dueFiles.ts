import type { FollowedFile } from './rowIndex';

/** So many of the newest files are looked at every time; older ones take turns. */
const filesEveryTime = 64;
const olderFilesPerPoll = 512;

type NamedFile = readonly [name: string, followed: FollowedFile];

/** The files of a reading that may take several turns, each of which goes on where the one before ended. */
export class DueFiles {
  /** The next one last. */
  private left: NamedFile[] = [];

  begin(files: ReadonlyMap<string, FollowedFile>, turn: number): void {
    this.left = [...dueFiles(files, turn)].reverse();
  }

  /** Hands out files until one ends the turn; those of which more can be read come first in the next. True when some are left. */
  visit(read: (name: string, followed: FollowedFile) => { readonly more: boolean; readonly stop: boolean }): boolean {
    const again: NamedFile[] = [];
    for (let entry = this.left.pop(); entry !== undefined; entry = this.left.pop()) {
      const { more, stop } = read(...entry);
      if (more) again.push(entry);
      if (stop) break;
    }
    this.left.push(...again.reverse());
    return this.left.length > 0;
  }
}

/** The files to look at in a reading: those that are not read to their end, then older ones in turns and the newest every time. */
function* dueFiles(files: ReadonlyMap<string, FollowedFile>, turn: number): Generator<NamedFile> {
  const all = [...files];
  const unread = new Set<FollowedFile>();
  for (const entry of all) {
    if (!isUnread(entry[1])) continue;
    unread.add(entry[1]);
    yield entry;
  }
  const turns = Math.max(1, Math.ceil((all.length - filesEveryTime) / olderFilesPerPoll));
  const newest = Math.max(0, all.length - filesEveryTime);
  const start = (turn % turns) * olderFilesPerPoll;
  for (const entry of [...all.slice(start, Math.min(newest, start + olderFilesPerPoll)), ...all.slice(newest)]) {
    if (!unread.has(entry[1])) yield entry;
  }
}

/** Whether a file was not looked at yet, or not read to where it ended then. */
export function isUnread({ file }: FollowedFile): boolean {
  return file.modifiedAt === null || file.progress.read < file.progress.size;
}
