import { OperationalError, errorCode } from '../core/errors';

const advice: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission denied. Give yourself access to it, or choose another directory.'],
  ['EPERM', 'the system does not allow it. Close other programs that hold the file, or give yourself access to it.'],
  ['EROFS', 'the file system is read-only. Choose a curation directory on one that can be written.'],
  ['ENOSPC', 'the disk is full. Free some space and try again.'],
  ['EDQUOT', 'your disk quota is used up. Free some space and try again.'],
  ['EFBIG', 'no file may grow so large here. Raise the limit (ulimit -f, or the disk quota) and try again.'],
  ['EIO', 'the disk or the network failed. Check it and try again.'],
  ['ESTALE', 'the network disk does not know it any more. Mount the disk again and try again.'],
  ['EISDIR', 'there is a directory in the place of the file. Rename or remove it.'],
  ['ENOTDIR', 'a part of its path is a file, not a directory. Rename that file, or choose another directory.'],
  ['EEXIST', 'there is a file in the place of the directory. Rename that file, or choose another directory.'],
  ['EMFILE', 'too many files are open. Close some programs and try again.'],
  ['EBUSY', 'another program holds it. Close that program and try again.'],
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
