import type { FollowedFile } from './followedFile';
import type { FollowedFiles } from './followedFiles';

/** So many of the newest files are looked at every time; older ones take turns. */
const filesEveryTime = 64;
const olderFilesPerPoll = 512;

/** The files of a reading that may take several turns, each of which goes on where the one before ended. */
export class DueFiles {
  /** The next one last. */
  private left: FollowedFile[] = [];

  begin(files: FollowedFiles, turn: number): void {
    this.left = dueFiles(files, turn).reverse();
  }

  /** Hands out files until one ends the turn; those of which more can be read come first in the next. True when some are left. */
  visit(read: (followed: FollowedFile) => { readonly more: boolean; readonly stop: boolean }): boolean {
    const again: FollowedFile[] = [];
    for (let followed = this.left.pop(); followed !== undefined; followed = this.left.pop()) {
      const { more, stop } = read(followed);
      if (more) again.push(followed);
      if (stop) break;
    }
    this.left.push(...again.reverse());
    return this.left.length > 0;
  }
}

/** The files to look at in a reading: those that are not read to their end, then older ones in turns and the newest every time. */
function dueFiles({ ordered, unread }: FollowedFiles, turn: number): FollowedFile[] {
  const turns = Math.max(1, Math.ceil((ordered.length - filesEveryTime) / olderFilesPerPoll));
  const newest = Math.max(0, ordered.length - filesEveryTime);
  const start = (turn % turns) * olderFilesPerPoll;
  const others = [...ordered.slice(start, Math.min(newest, start + olderFilesPerPoll)), ...ordered.slice(newest)];
  return [...unread, ...others.filter((followed) => !unread.has(followed))];
}
