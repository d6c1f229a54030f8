import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** A file system as the system has it mounted. */
export interface Mount {
  readonly directory: string;
  readonly type: string;
}

/** File systems that another machine can write to: this one is not told when that happens. */
const networkType = /^(?:nfs4?|cifs|smb[23]?|smbfs|afs|9p|virtiofs|ceph|lustre|gpfs|beegfs|glusterfs|pvfs2|ocfs2|gfs2|wekafs|panfs|davfs|vboxsf|vmhgfs|prl_fs|fuse(?:\..+)?)$/;
/** FUSE file systems of this machine's own disks. */
const localFuse = /^fuse\.(?:ntfs(?:-3g)?|exfat|lxcfs|overlay(?:fs)?|fuse-overlayfs|bindfs|mergerfs|portal|gvfsd-fuse|snapfuse|squashfuse|ext2|zfs)$/;
/** What the kernel shows as files: without end, and no place for logs. */
const virtualType = /^(?:proc|sysfs|cgroup2?|devtmpfs|devpts|debugfs|tracefs|securityfs|configfs|pstore|bpf|efivarfs|fusectl|binfmt_misc|autofs|mqueue|hugetlbfs|nsfs|rpc_pipefs|selinuxfs)$/;

/** Reads the text of Linux's /proc/self/mounts. */
export function parseMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [, directory, type] = line.split(' ');
    return directory === undefined || type === undefined ? [] : [{ directory: unescapeOctal(directory), type }];
  });
}

/** The mounts of this machine; none where the system does not list them in a file. */
export function readMounts(): readonly Mount[] {
  try {
    return parseMounts(readFileSync('/proc/self/mounts', 'utf8'));
  } catch {
    // macOS and Windows have no such file.
    return [];
  }
}

/** The mount that a path lies in: the deepest, and of two on one directory the later, which hides the other. */
export function mountOf(place: string, mounts: readonly Mount[]): Mount | null {
  let found: Mount | null = null;
  for (const mount of mounts) {
    if (contains(mount.directory, place) && (found === null || mount.directory.length >= found.directory.length)) found = mount;
  }
  return found;
}

/** Says on which network drive a directory lies; null where it is this machine's own, as far as the system tells. */
export function networkDrive(directory: string, mounts: readonly Mount[]): string | null {
  const real = realPathOf(directory);
  const share = [directory, real].find((place) => /^\\\\[^\\?.]/.test(place));
  if (share !== undefined) return share;
  const mount = mountOf(real, mounts);
  return mount !== null && networkType.test(mount.type) && !localFuse.test(mount.type) ? `${mount.directory} (${mount.type})` : null;
}

/** Whether a directory lies in a file system that the kernel makes up, such as /proc. */
export function isVirtual(directory: string, mounts: readonly Mount[]): boolean {
  const mount = mountOf(directory, mounts);
  return mount !== null && virtualType.test(mount.type);
}

/** The directories at which such a file system begins. */
export function virtualMounts(mounts: readonly Mount[]): ReadonlySet<string> {
  return new Set(mounts.map(({ directory }) => directory).filter((directory) => isVirtual(directory, mounts)));
}

function realPathOf(directory: string): string {
  try {
    return realpathSync.native(directory);
  } catch {
    // Not there or not to be reached: whoever reads it reports that.
    return path.resolve(directory);
  }
}

function contains(directory: string, place: string): boolean {
  return directory === '/' || place === directory || place.startsWith(`${directory}/`);
}

/** Blanks, tabs, line ends and backslashes of a path are written as octal numbers. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
