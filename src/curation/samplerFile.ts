import { constants, copyFileSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { OperationalError, errorCode } from '../core/errors';
import { readSamplerText, samplerDigest, samplerText, type SamplerBody, type SamplerReading } from '../core/samplerConfig';
import { writeFileAtomically } from './atomicWrite';
import { withFsErrors } from './fsErrors';

/** The file in the curation directory that trainers read. */
const samplerFileName = 'sampler.json';

/** What a write came to. */
export interface SamplerWrite {
  readonly path: string;
  readonly digest: string;
  /** False where the file on disk already said the same. */
  readonly written: boolean;
  /** Says that somebody else's text was in the file and where it is kept; null where all was well. */
  readonly warning: string | null;
}

/** The compiled sampler config of a curation directory. */
export class SamplerFile {
  readonly path: string;

  constructor(directory: string) {
    this.path = join(directory, samplerFileName);
  }

  /** What is on disk; null where there is no file. Throws an OperationalError when it cannot be read. */
  read(): SamplerReading | null {
    const text = this.readText();
    return text === null ? null : readSamplerText(text);
  }

  /** The text on disk; null where there is no file. Throws an OperationalError when it cannot be read. */
  readText(): string | null {
    return withFsErrors('read', this.path, () => {
      try {
        const found = statSync(this.path);
        // A pipe may never end.
        if (!found.isFile() && !found.isDirectory()) throw new OperationalError(`${this.path} is not a regular file. Rename or remove it.`);
        return readFileSync(this.path, 'utf8');
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return null;
        throw error;
      }
    });
  }

  /** Tells one state of the file from another without reading it; empty where it cannot be looked at. */
  get stamp(): string {
    try {
      const { size, mtimeNs, ctimeNs, ino } = statSync(this.path, { bigint: true });
      return [size, mtimeNs, ctimeNs, ino].join(' ');
    } catch {
      // Not there, or closed to us: whoever reads it says so.
      return '';
    }
  }

  /**
   * Writes the config atomically, unless the file holds just that. A file that was edited by hand, damaged or written by
   * a newer version is kept beside it first. Throws an OperationalError.
   */
  write(body: SamplerBody, now: Date): SamplerWrite {
    const digest = samplerDigest(body);
    const found = this.read();
    if (found?.kind === 'config' && found.intact && found.digest === digest) {
      return { path: this.path, digest, written: false, warning: null };
    }
    const warning = found === null ? null : this.keepForeign(found, now);
    writeFileAtomically(this.path, samplerText({ ...body, digest, writtenAt: now.toISOString() }));
    return { path: this.path, digest, written: true, warning };
  }

  private keepForeign(found: SamplerReading, now: Date): string | null {
    if (found.kind === 'config' && found.intact) return null;
    const copy = basename(this.keepCopy(now));
    if (found.kind === 'newer') {
      return `${samplerFileName} had been written by a newer version (${found.schema}); it is kept as ${copy}. Update CDAS Lens here too.`;
    }
    const what = found.kind === 'damaged' ? `was damaged (it ${found.why})` : 'had been edited by hand';
    return `${samplerFileName} ${what}; that text is kept as ${copy}. The file is compiled from decisions.jsonl: pin, exclude or relabel the problem instead.`;
  }

  private keepCopy(now: Date): string {
    const stamp = now.toISOString().replace(/\.\d+Z$/, 'Z').replaceAll(':', '-');
    for (let attempt = 1; ; attempt += 1) {
      const copy = `${this.path}.edited-${stamp}${attempt === 1 ? '' : `-${attempt}`}`;
      try {
        copyFileSync(this.path, copy, constants.COPYFILE_EXCL);
        return copy;
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') withFsErrors('keep a copy as', copy, () => { throw error; });
      }
    }
  }
}
