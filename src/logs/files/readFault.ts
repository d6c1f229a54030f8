import { errorCode, messageOf } from '../../core/errors';

const maxTold = 4;
const advice: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission denied. Give yourself read access to it'],
  ['EPERM', 'the operating system refused access. Check its permissions'],
  ['ENOENT', 'it no longer exists'],
  ['ENOTDIR', 'part of the path is a file, not a directory'],
  ['ELOOP', 'its symbolic links form a loop. Open the target directory itself'],
  ['EIO', 'the disk or the network failed. Check it'],
  ['ESTALE', 'the network drive no longer knows it. Remount the drive'],
  ['ETIMEDOUT', 'the network drive does not respond. Check the connection'],
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
  return why.endsWith('.') ? `${why} What was read so far is kept, and reading resumes once this is fixed.` : why;
}

/** The first of many faults, and how many there are besides. */
export function fewFaults(faults: readonly string[]): readonly string[] {
  if (faults.length <= maxTold) return faults;
  return [...faults.slice(0, maxTold), `${faults.length - maxTold} more cannot be read.`];
}
