import type { FollowedFile } from './rowIndex';

/** So many of the newest files are looked at every time; older ones take turns. */
const filesEveryTime = 64;
const olderFilesPerPoll = 512;

/** The files to look at in a turn: those that are not read to their end, then older ones in turns and the newest every time. */
export function* dueFiles(files: ReadonlyMap<string, FollowedFile>, turn: number): Generator<[name: string, followed: FollowedFile]> {
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
