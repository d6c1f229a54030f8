import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { decodeTime, incrementBase32, ulid } from 'ulid';
import { decisionSchema, type Decision } from '../core/decision';
import { parseDecisionLine, readDecision } from '../core/decisionParse';
import { OperationalError } from '../core/errors';
import { syncDirectory } from './atomicWrite';
import { withFsErrors } from './fsErrors';
import { LineStore, type LineReading } from './lineStore';
import { makeDirectory } from './makeDirectory';

/** The file in the curation directory that decisions are appended to. */
export const decisionsFileName = 'decisions.jsonl';

/** A decision before it has an id, a time and an author. */
export type DecisionDraft = Omit<Decision, 'schema' | 'id' | 'at' | 'by'>;

/** Who decides, and when. */
export interface DecisionStamp {
  readonly by: string;
  readonly now: Date;
}

/** A ULID's time has 48 bits. */
const maxIdTime = 2 ** 48 - 1;

type Line = { readonly decision: Decision } | { readonly ignoredId: string | null; readonly why: string };

/** The decisions of a curation directory. Only ever appends to the file. */
export class DecisionLog {
  private readonly store: LineStore<Line>;

  constructor(private readonly directory: string) {
    this.store = new LineStore(join(directory, decisionsFileName), readLine, 'fix or delete it by hand.');
  }

  get path(): string {
    return this.store.path;
  }

  /** Reads what is new; true when anything changed. Throws an OperationalError, with all that was known kept. */
  refresh(): boolean {
    return this.store.refresh();
  }

  /** The decisions in file order, a repeated line as often as it is there. */
  get decisions(): readonly Decision[] {
    return this.store.values.flatMap((line) => ('decision' in line ? [line.decision] : []));
  }

  /** One sentence for each line that does not count, with its number and what to do. */
  get warnings(): readonly string[] {
    const ignored = this.store.values.flatMap((line) => ('why' in line ? [`A line of ${decisionsFileName} ${line.why}; it is kept but has no effect here.`] : []));
    return [...this.store.warnings, ...new Set(ignored)];
  }

  /**
   * Appends decisions in one write, on disk when this returns, and gives them back with their ids, which are newer than
   * every id in the file. Throws an OperationalError when the file cannot be written.
   */
  append(drafts: readonly DecisionDraft[], stamp: DecisionStamp): readonly Decision[] {
    this.refresh();
    const ids = this.newIds(drafts.length, stamp.now.getTime());
    const decisions = drafts.map((draft, i) => {
      const decision: Decision = { schema: decisionSchema, id: ids[i] ?? '', at: stamp.now.toISOString(), by: stamp.by, ...draft };
      const reading = readDecision(decision);
      if (reading.kind !== 'decision') throw new OperationalError(`The decision was not written: it ${reading.why}.`);
      return decision;
    });
    if (decisions.length === 0) return [];
    const text = decisions.map((decision) => `${JSON.stringify(decision)}\n`).join('');
    // A cut-off last line must not swallow the new one.
    this.write(this.store.lacksFinalNewline ? `\n${text}` : text);
    this.refresh();
    return decisions;
  }

  private newestId(): string {
    let newest = '';
    for (const line of this.store.values) {
      const id = 'decision' in line ? line.decision.id : (line.ignoredId ?? '');
      if (id > newest) newest = id;
    }
    return newest;
  }

  private newIds(count: number, nowMs: number): readonly string[] {
    const ids: string[] = [];
    for (let id = idAfter(this.newestId(), nowMs); ids.length < count; id = incrementBase32(id)) ids.push(id);
    return ids;
  }

  private write(text: string): void {
    withFsErrors('append to', this.path, () => {
      makeDirectory(this.directory);
      const fd = openSync(this.path, 'a');
      try {
        const bytes = Buffer.from(text, 'utf8');
        // One write call: on a local disk lines of two programs that append at once stay whole.
        if (writeSync(fd, bytes) < bytes.length) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      syncDirectory(dirname(this.path));
    });
  }
}

function readLine(text: string): LineReading<Line> {
  const reading = parseDecisionLine(text);
  if (reading.kind === 'decision') return { kind: 'value', value: { decision: reading.decision } };
  if (reading.kind === 'ignored') return { kind: 'value', value: { ignoredId: reading.id, why: reading.why } };
  return { kind: 'skipped', why: reading.why };
}

/**
 * An id after `newest`, random enough that two programs which both append after the same one do not choose the same,
 * which would lose one of the decisions.
 */
function idAfter(newest: string, nowMs: number): string {
  const fresh = ulid(nowMs);
  if (fresh > newest) return fresh;
  // The clock was set back, or somebody decided in this very millisecond.
  const time = decodeTime(newest) + 1;
  if (time > maxIdTime) throw new OperationalError(`The decision was not written: no id can follow ${newest}. Fix that line of ${decisionsFileName}.`);
  return ulid(time);
}
