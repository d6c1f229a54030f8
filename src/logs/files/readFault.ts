import { errorCode, messageOf } from '../../core/errors';

const maxTold = 4;
const advice: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission denied. Give yourself read access to it'],
  ['EPERM', 'the system does not allow it. Give yourself read access to it'],
  ['ENOENT', 'it is not there any more'],
  ['ENOTDIR', 'a part of its path is a file, not a directory'],
  ['ELOOP', 'its symbolic links lead in a circle. Name the directory itself'],
  ['EIO', 'the disk or the network failed. Check it'],
  ['ESTALE', 'the network disk does not know it any more. Mount that disk again'],
  ['ETIMEDOUT', 'the network disk does not answer. Check the connection'],
  ['EMFILE', 'too many files are open. Close some programs'],
  ['ENFILE', 'too many files are open on this machine. Close some programs'],
]);

/** What keeps a file or directory from being read, and what to do, in one sentence that names it; other errors in their own words. */
export function explainFault(error: unknown, place: string): string {
  const code = errorCode(error);
  const known = advice.get(code ?? '');
  return code === null || known === undefined ? messageOf(error) : `${place} cannot be read (${code}): ${known}.`;
}

/** The same of a part of a run, of which something may have been read before. */
export function explainReadFault(error: unknown, place: string): string {
  const why = explainFault(error, place);
  return why.endsWith('.') ? `${why} What was read of it stays, and it is read again once that is mended.` : why;
}

/** The first of many faults, and how many there are besides. */
export function fewFaults(faults: readonly string[]): readonly string[] {
  if (faults.length <= maxTold) return faults;
  return [...faults.slice(0, maxTold), `${faults.length - maxTold} more files or directories cannot be read.`];
}

/** Whether there is no such file or directory, and not merely no way to it. */
export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');
}
