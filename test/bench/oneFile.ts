import { appendFileSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { naturalOrder } from '../../src/logs/logFormat';

/** Gives `work` a copy of a log in which all of it is in one file, and removes it afterwards. */
export async function withOneFile<Result>(directory: string, work: (file: string) => Result | Promise<Result>): Promise<Result> {
  const copy = mkdtempSync(path.join(path.dirname(directory), 'one-file-'));
  try {
    const file = path.join(copy, '1.jsonl');
    const [first = '', ...others] = readdirSync(directory).sort(naturalOrder);
    copyFileSync(path.join(directory, first), file);
    for (const name of others) appendFileSync(file, readFileSync(path.join(directory, name)));
    return await work(file);
  } finally {
    rmSync(copy, { recursive: true });
  }
}
