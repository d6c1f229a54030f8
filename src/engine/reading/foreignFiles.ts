import { statSync } from 'node:fs';
import path from 'node:path';
import type { LogFileName } from '../../logs/logFormat';
import { isLogFile, type RunSource } from '../../logs/runSource';

/** Of more foreign files than this it is looked only now and then whether they have changed. */
const maxEveryTime = 512;
const turnsBetween = 16;

/** Files in a log directory whose names do not tell that they are none of the log, as the first row does once there is one. */
export class ForeignFiles {
  private readonly stamps = new Map<string, string>();

  constructor(private readonly source: RunSource) {}

  /** Whether a file is none of the log, as far as it is written; asked again whenever it has changed. */
  has(file: LogFileName, turn: number): boolean {
    if (!this.source.format.namesAreVague) return false;
    const known = this.stamps.get(file.name);
    if (known !== undefined && this.stamps.size > maxEveryTime && turn % turnsBetween !== 0) return true;
    const stamp = stampOf(path.join(this.source.logPath, file.name));
    if (stamp === known) return true;
    if (isLogFile(this.source, file)) {
      this.stamps.delete(file.name);
      return false;
    }
    this.stamps.set(file.name, stamp);
    return true;
  }
}

function stampOf(file: string): string {
  try {
    const { size, mtimeMs, ctimeMs } = statSync(file);
    return `${size} ${mtimeMs} ${ctimeMs}`;
  } catch {
    // Gone since it was listed, or not to be looked at.
    return '';
  }
}
