import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, openSync, realpathSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { OperationalError, errorCode } from '../core/errors';
import { withFsErrors } from './fsErrors';
import { makeDirectory } from './makeDirectory';

/**
 * Replaces a file's content so that a reader sees the old text or the new, never a part: temporary file in the same
 * directory, fsync, rename. A symbolic link is followed, the mode is kept. Throws an OperationalError; then the old
 * file is untouched.
 */
export function writeFileAtomically(path: string, text: string): void {
  withFsErrors('write', path, () => {
    makeDirectory(dirname(path));
    const target = unlessMissing(() => realpathSync(path)) ?? path;
    const found = unlessMissing(() => statSync(target));
    // A device or a pipe would be gone; a directory cannot be replaced, which the system says.
    if (found !== null && !found.isFile() && !found.isDirectory()) throw new OperationalError(`${path} is not a regular file. Choose another one, or remove it.`);
    const mode = found === null ? null : found.mode & 0o777;
    const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      writeAndSync(temporary, text, mode);
      renameSync(temporary, target);
    } catch (error) {
      unlessMissing(() => unlinkSync(temporary));
      throw error;
    }
    syncDirectory(dirname(target));
  });
}

/** Makes a new or renamed entry of a directory survive a crash, where the system can do that. */
export function syncDirectory(directory: string): void {
  // Windows cannot open a directory and needs no such call; some network file systems refuse it.
  if (process.platform === 'win32') return;
  const fd = openSync(directory, 'r');
  try {
    fsyncSync(fd);
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EROFS'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    closeSync(fd);
  }
}

// writeFileSync on a descriptor goes on after a short write, so a full disk is an error here and never a cut-off file.
function writeAndSync(path: string, text: string, mode: number | null): void {
  const fd = openSync(path, 'wx');
  try {
    if (mode !== null) fchmodSync(fd, mode);
    writeFileSync(fd, text, 'utf8');
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function unlessMissing<Result>(look: () => Result): Result | null {
  try {
    return look();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
