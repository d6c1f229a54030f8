import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { compressedEnd } from '../logFormat';

/** So many directories are listed, and so many documents of each looked at: together they stand for all. */
const maxFolders = 16;
const maxDocuments = 8;

/** About how many bytes the documents in directories hold. */
export function surveyDocuments(directories: readonly string[], pattern: RegExp): number {
  const looked = spread(directories, maxFolders);
  const bytes = looked.reduce((sum, directory) => sum + bytesIn(directory, pattern), 0);
  return looked.length === 0 ? 0 : Math.ceil((bytes / looked.length) * directories.length);
}

function bytesIn(directory: string, pattern: RegExp): number {
  try {
    const names = readdirSync(directory).filter((name) => pattern.test(name.replace(compressedEnd, '')));
    const looked = spread(names, maxDocuments);
    const bytes = looked.reduce((sum, name) => sum + (statSync(path.join(directory, name), { throwIfNoEntry: false })?.size ?? 0), 0);
    return looked.length === 0 ? 0 : (bytes / looked.length) * names.length;
  } catch {
    // Gone since it was listed, or closed to us: reading it will say so.
    return 0;
  }
}

/** At most `count` of the items, from the last one on at even distances. */
function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  const every = Math.ceil(items.length / count);
  return items.filter((_, i) => (items.length - 1 - i) % every === 0);
}
