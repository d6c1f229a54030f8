import { basename } from 'node:path';
import { AppendedFile, type FileLine } from './appendedFile';

/** What a line turned out to be: a value that counts, or why it does not. */
export type LineReading<Value> = { readonly kind: 'value'; readonly value: Value } | { readonly kind: 'skipped'; readonly why: string };

interface Entry<Value> {
  readonly number: number;
  readonly reading: LineReading<Value>;
}

/** The values of a JSONL file, kept up to date line by line; nothing that is skipped goes unsaid. */
export class LineStore<Value> {
  private readonly file: AppendedFile;
  private entries: Entry<Value>[] = [];
  private last: Entry<Value> | null = null;

  constructor(
    readonly path: string,
    private readonly read: (text: string) => LineReading<Value>,
    /** What to do about a skipped line. */
    private readonly advice: string,
  ) {
    this.file = new AppendedFile(path);
  }

  /** Reads what is new; true when anything changed. Throws an OperationalError, with all that was known kept. */
  refresh(): boolean {
    const change = this.file.refresh();
    if (change.kind === 'same') return false;
    if (change.kind === 'replaced') this.entries = [];
    for (const line of change.lines) this.entries.push(...this.toEntry(line));
    // A last line without its line end counts when it is whole; it is read again once the file goes on.
    this.last = change.unfinished === null ? null : (this.toEntry(change.unfinished)[0] ?? null);
    return true;
  }

  /** Whether the next append has to begin with a line end. */
  get lacksFinalNewline(): boolean {
    return this.file.lacksFinalNewline;
  }

  /** The values in file order. */
  get values(): readonly Value[] {
    return this.all().flatMap(({ reading }) => (reading.kind === 'value' ? [reading.value] : []));
  }

  /** One sentence for each line that does not count, with its number and what to do. */
  get warnings(): readonly string[] {
    const name = basename(this.path);
    const skipped = this.entries.flatMap(({ number, reading }) =>
      reading.kind === 'skipped' ? [`${name} line ${number} ${reading.why}. The line is skipped but stays in the file: ${this.advice}`] : [],
    );
    if (this.last?.reading.kind !== 'skipped') return skipped;
    return [...skipped, `${name} line ${this.last.number} is incomplete: it is still being written, or was cut off. It is skipped until it is complete.`];
  }

  private all(): readonly Entry<Value>[] {
    return this.last === null ? this.entries : [...this.entries, this.last];
  }

  private toEntry({ number, text }: FileLine): readonly Entry<Value>[] {
    if (text === null) return [{ number, reading: { kind: 'skipped', why: 'is not UTF-8 text' } }];
    return text.trim() === '' ? [] : [{ number, reading: this.read(text) }];
  }
}
