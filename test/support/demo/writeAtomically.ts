import { renameSync, writeFileSync } from 'node:fs';

/** Writes a whole file so that a reader sees the old content or the new one, never a part. */
export function writeAtomically(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}
