import { resolve } from 'node:path';
import { writeFileAtomically } from '../curation/atomicWrite';

/** Writes a file a person named and returns its absolute path. Throws an OperationalError that says what to do. */
export function writeTextFile(name: string, text: string): string {
  const path = resolve(name);
  writeFileAtomically(path, text);
  return path;
}
