import { OperationalError, errorCode } from '../core/errors';

const advice: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission denied. Give yourself access to it, or choose another directory.'],
  ['EPERM', 'the operating system refused it. Close other programs that use the file, or check its permissions.'],
  ['EROFS', 'the file system is read-only. Choose a curation directory on a writable one.'],
  ['ENOSPC', 'the disk is full. Free up some space.'],
  ['EDQUOT', 'your disk quota is used up. Free up some space.'],
  ['EFBIG', 'the file would exceed the file size limit. Raise the limit (ulimit -f, or the disk quota).'],
  ['EIO', 'the disk or the network failed. Check it.'],
  ['ESTALE', 'the network drive no longer knows it. Remount the drive.'],
  ['EISDIR', 'a directory has that name. Rename or remove it.'],
  ['ENOTDIR', 'part of the path is a file, not a directory. Rename that file, or choose another directory.'],
  ['EEXIST', 'a file has that name. Rename that file, or choose another directory.'],
  ['EMFILE', 'too many files are open. Close some programs.'],
  ['EBUSY', 'another program is using it. Close that program.'],
]);

/** Turns a system error into one sentence that names the file and says what to do; other errors come back as they are. */
function explainFsError(error: unknown, doing: string, path: string): unknown {
  const code = errorCode(error);
  if (code === null || error instanceof OperationalError) return error;
  const hint = advice.get(code) ?? `${error instanceof Error ? error.message : code}.`;
  return new OperationalError(`Could not ${doing} ${path}: ${hint}`, code);
}

/** Runs `work`; a system error in it is explained. */
export function withFsErrors<Result>(doing: string, path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw explainFsError(error, doing, path);
  }
}
