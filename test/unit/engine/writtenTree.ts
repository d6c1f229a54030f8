import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';

/** What a trainer, or somebody else, does to one file of a tree; the numbers say to which and how much of it. */
export interface Deed {
  readonly kind: 'write' | 'tear' | 'replace' | 'flip' | 'empty' | 'remove';
  readonly file: number;
  readonly share: number;
}

const shares = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1));

/** Mostly writing, at times something that is put right later. */
export const deeds: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constantFrom<Deed['kind']>('write', 'write', 'write', 'write', 'write', 'write', 'tear', 'replace', 'flip', 'empty', 'remove'),
  file: fc.nat({ max: 1 << 16 }),
  share: shares,
});

interface WrittenFile {
  readonly name: string;
  readonly content: Buffer;
  /** How much of the content is there; null where something else is. */
  there: number | null;
}

/** A tree of files that is written bit by bit, in any order; lines are appended, other files appear as a whole. */
export class WrittenTree {
  private readonly files: WrittenFile[];

  constructor(
    private readonly root: string,
    contents: ReadonlyMap<string, Buffer>,
  ) {
    this.files = Array.from(contents, ([name, content]) => ({ name, content, there: 0 }));
  }

  /** Empties the directory and begins anew. */
  clear(): void {
    rmSync(this.root, { recursive: true, force: true });
    mkdirSync(this.root, { recursive: true });
    for (const file of this.files) file.there = 0;
  }

  /** Does one thing; what is finished is at times spoilt, and put back by the next write. */
  do({ kind, file: number, share }: Deed): void {
    const unfinished = this.files.filter(({ there, content }) => there !== content.length);
    const from = kind === 'write' && unfinished.length > 0 ? unfinished : this.files;
    const file = from[number % from.length];
    if (file === undefined) return;
    if (kind === 'write') this.write(file, Math.ceil(share * file.content.length));
    else this.spoil(file, kind, share);
  }

  /** Writes what is missing, the files in an order that the numbers give. */
  finish(order: readonly number[]): void {
    const left = this.files.filter(({ there, content }) => there !== content.length || content.length === 0);
    for (let turn = 0; left.length > 0; turn++) {
      const [file] = left.splice((order[turn % Math.max(1, order.length)] ?? 0) % left.length, 1);
      if (file !== undefined) this.write(file, file.content.length);
    }
  }

  private write(file: WrittenFile, bytes: number): void {
    const at = path.join(this.root, file.name);
    mkdirSync(path.dirname(at), { recursive: true });
    const { content, there } = file;
    const grows = file.name.endsWith('.jsonl');
    if (there === null || there === 0 || !grows) {
      const end = grows ? bytes : content.length;
      writeFileSync(at, content.subarray(0, end));
      file.there = end;
      return;
    }
    const end = Math.min(content.length, there + bytes);
    appendFileSync(at, content.subarray(there, end));
    file.there = end;
  }

  private spoil(file: WrittenFile, kind: Exclude<Deed['kind'], 'write'>, share: number): void {
    const at = path.join(this.root, file.name);
    if (kind === 'remove') {
      rmSync(at, { force: true });
      file.there = 0;
      return;
    }
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, this.spoilt(file, kind, share));
    file.there = null;
  }

  private spoilt({ name, content }: WrittenFile, kind: 'tear' | 'replace' | 'flip' | 'empty', share: number): Buffer {
    if (kind === 'empty') return Buffer.alloc(0);
    if (kind === 'tear') return content.subarray(0, Math.floor(share * content.length));
    if (kind === 'flip') return flipped(content);
    const alike = this.files.filter((other) => path.extname(other.name) === path.extname(name));
    return alike[Math.floor(share * (alike.length - 1))]?.content ?? content;
  }
}

/** As long as before, with other verdicts. */
function flipped(content: Buffer): Buffer {
  return Buffer.from(content.toString('latin1').replace(/(?<=: ?\[?)[01](?=[.,\]}])/g, (digit) => String(1 - Number(digit))), 'latin1');
}

/** The files below a directory, by name. */
export function contentsOf(directory: string): ReadonlyMap<string, Buffer> {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)));
  return new Map(names.sort().map((name) => [name, readFileSync(path.join(directory, name))]));
}
