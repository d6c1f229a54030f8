// A process of its own that reads a log and keeps what it read, again and again: node … indexWriter.ts LOG CACHE. Prints a line each time.
import { IndexCache } from '../../../src/engine/reading/indexCache';
import { RunFiles } from '../../../src/engine/reading/runFiles';
import { openRuns } from '../../../src/logs/discovery/discover';

async function main(): Promise<void> {
  const [log = '', directory = ''] = process.argv.slice(2);
  const cache = new IndexCache(directory, { onTrouble: (message) => console.log(message), worthBytes: 1 });
  for (;;) {
    for (const source of (await openRuns(log)).runs) {
      const files = new RunFiles(source);
      while (files.poll(1 << 20, Date.now()).more);
      await cache.saveIfDue(files, Date.now());
    }
    console.log('kept');
  }
}

void main();
