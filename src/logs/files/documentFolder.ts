import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { compressedEnd } from '../logFormat';
import { contentOf } from './decompress';
import type { TailPoll } from './fileTail';
import { FolderReader } from './folderReader';

/** What a folder's reader wants to know. */
export interface DocumentListener {
  /** A document's content; false when it is not whole yet. */
  onDocument(content: Buffer): boolean;
  /** A document that is too large to be read. */
  onLongDocument?(length: number): void;
  /** A document was rewritten or removed: forget everything read, all of it comes again. */
  onReset(): void;
}

/** Which documents of a folder were read, so that they need not be read again: each with its stamp. */
export interface FolderState {
  readonly taken: readonly (readonly [name: string, stamp: string])[];
  /** Their bytes, and what they were reckoned with. */
  readonly contentBytes: number;
  readonly reckonedBytes: number;
  readonly changedAt: number | null;
}

/** So many documents that were read are looked at again each time, in turns. */
const recheckedPerPoll = 32;
/** What a document is reckoned with before it is read, and at least when it is: to open one takes as long as to read so much. */
const usualBytes = 1 << 14;
/** A larger document is not read. */
const maxBytes = 1 << 27;
/** So many names are compared with those that are known in one turn. */
const namesPerTurn = 1 << 14;

/** A directory of many small documents as one log: each is read once, and only a few are looked at again at a time. */
export class DocumentFolder {
  /** A document that is not whole yet is no line that waits for its end. */
  readonly pendingBytes = 0;
  private readonly folders = new FolderReader();
  private files: readonly string[] = [];
  /** A comparison of the names that are there with those that are known, which goes on turn by turn. */
  private comparing: Iterator<void, boolean> | null = null;
  /** In the order of their names from the last one on, so that the next is taken from the end. */
  private unread: string[] = [];
  /** What was read, and what was not whole, each with its stamp. */
  private readonly taken = new Map<string, string>();
  private readonly torn = new Map<string, string>();
  private recheck: Iterator<[string, string]> = this.taken.entries();
  private reckonedBytes = 0;
  private readBytes = 0;
  private changedAt: number | null = null;

  constructor(
    private readonly directory: string,
    private readonly pattern: RegExp,
    private readonly listener: DocumentListener,
  ) {}

  /** Takes over what another reader read; only before the first look. */
  resume({ taken, contentBytes, reckonedBytes, changedAt }: FolderState): void {
    for (const [name, stamp] of taken) this.taken.set(name, stamp);
    this.readBytes = contentBytes;
    this.reckonedBytes = reckonedBytes;
    this.changedAt = changedAt;
  }

  /** What was read. */
  get state(): FolderState {
    return { taken: [...this.taken], contentBytes: this.readBytes, reckonedBytes: this.reckonedBytes, changedAt: this.changedAt };
  }

  /** When the directory last changed, ms since the epoch; null before the first look. */
  get modifiedAt(): number | null {
    return this.changedAt;
  }

  /** The bytes of the documents that were read. */
  get contentBytes(): number {
    return this.readBytes;
  }

  /** How far reading has come, by what documents are reckoned with. */
  get progress(): { readonly read: number; readonly size: number } {
    const each = this.taken.size === 0 ? usualBytes : this.reckonedBytes / this.taken.size;
    return { read: this.reckonedBytes, size: Math.ceil(this.reckonedBytes + this.unread.length * each) };
  }

  /** Reads new documents, at most about `budget` bytes of them. Throws what the file system throws. */
  poll(budget: number): TailPoll {
    // In the middle of a long read the listing can wait.
    const isGone = this.unread.length > 0 ? false : this.list();
    if (isGone === null) return { changed: false, more: true };
    const reset = isGone || this.wasRewritten();
    if (reset) this.reset();
    const until = this.reckonedBytes + budget;
    let changed = reset;
    while (this.unread.length > 0 && this.reckonedBytes < until) changed = this.read(this.unread.pop() ?? '') || changed;
    return { changed, more: this.unread.length > 0 };
  }

  /** Whether a document that was read is gone; null while that is not known yet. */
  private list(): boolean | null {
    if (this.comparing === null) {
      this.changedAt = statSync(this.directory).mtimeMs;
      const { files } = this.folders.look(this.directory);
      if (this.folders.isUnfinished) return null;
      if (files === this.files) return false;
      this.files = files;
      this.comparing = this.compare();
    }
    const compared = this.comparing.next();
    if (compared.done !== true) return null;
    this.comparing = null;
    return compared.value;
  }

  /** Finds the documents that came; true when one that was read is gone. */
  private *compare(): Generator<void, boolean> {
    const came: string[] = [];
    const torn = new Set<string>();
    let [known, looked] = [0, 0];
    for (const name of this.documents()) {
      if (this.taken.has(name)) known++;
      else if (this.torn.has(name)) torn.add(name);
      else came.push(name);
      if (++looked % namesPerTurn === 0) yield;
    }
    for (const name of this.torn.keys()) if (!torn.has(name)) this.torn.delete(name);
    this.unread = lastFirst(came);
    return known < this.taken.size;
  }

  /** Where a document is there compressed and not, the one that is not counts: the other is being written. */
  private *documents(): Generator<string> {
    const plain = new Set(this.files.some(isCompressed) ? this.files : []);
    for (const name of this.files) {
      const counts = isCompressed(name) ? !plain.has(bareName(name)) && this.pattern.test(bareName(name)) : this.pattern.test(name);
      if (counts) yield name;
    }
  }

  private wasRewritten(): boolean {
    for (const [name, stamp] of this.torn) if (this.stampOf(name) !== stamp && this.torn.delete(name)) this.unread.push(name);
    for (let looked = 0; looked < Math.min(recheckedPerPoll, this.taken.size); looked++) {
      const next = this.recheck.next();
      if (next.done === true) this.recheck = this.taken.entries();
      else if (this.stampOf(next.value[0]) !== next.value[1]) return true;
    }
    return false;
  }

  private reset(): void {
    this.taken.clear();
    this.torn.clear();
    this.recheck = this.taken.entries();
    this.readBytes = 0;
    this.reckonedBytes = 0;
    this.unread = lastFirst([...this.documents()]);
    this.listener.onReset();
  }

  private read(name: string): boolean {
    const stamp = this.stampOf(name);
    // Gone since it was listed: the next listing has it no more.
    if (stamp === '') return false;
    const whole = this.contentOf(name);
    (whole === null ? this.torn : this.taken).set(name, stamp);
    this.readBytes += whole ?? 0;
    this.reckonedBytes += Math.max(usualBytes, whole ?? 0);
    return whole !== null;
  }

  /** Hands a document over; its bytes, or null when it is not whole or not to be read. */
  private contentOf(name: string): number | null {
    const file = path.join(this.directory, name);
    try {
      const { size } = statSync(file);
      if (size > maxBytes) this.listener.onLongDocument?.(size);
      return size > maxBytes || this.listener.onDocument(contentOf(name, readFileSync(file))) ? size : null;
    } catch {
      // Unreadable or cut short: tried again when it changes.
      return null;
    }
  }

  /** Empty when there is no such file. */
  private stampOf(name: string): string {
    const stat = statSync(path.join(this.directory, name), { throwIfNoEntry: false });
    return stat === undefined ? '' : `${stat.size} ${stat.mtimeMs} ${stat.ctimeMs} ${stat.ino}`;
  }
}

function isCompressed(name: string): boolean {
  return compressedEnd.test(name);
}

function bareName(name: string): string {
  return name.replace(compressedEnd, '');
}

function lastFirst(names: string[]): string[] {
  return names.sort().reverse();
}
