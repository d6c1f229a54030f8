import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRecord } from '../core/json';

/** The version in the package.json above `directory`; `0.0.0` where there is none. */
export function packageVersion(directory: string): string {
  for (let folder = directory; ; folder = dirname(folder)) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      if (isRecord(manifest) && manifest['name'] === 'cdas-lens' && typeof manifest['version'] === 'string') return manifest['version'];
    } catch {
      // No manifest here: it is sought above.
    }
    if (dirname(folder) === folder) return '0.0.0';
  }
}
