import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import { ExpectedError } from '../../protocol/channel';
import { thrown, type Log } from '../log';
import type { RunStore } from '../runs/runStore';

interface Made {
  readonly bytes: Uint8Array;
  readonly mtime: number;
}

/** What the files of a scheme are made of. */
export interface FileSource {
  readonly scheme: string;
  /** The text that a URI stands for. What it throws is shown in its place. */
  readonly textOf: (uri: vscode.Uri) => Promise<string>;
  /** Once they change, what could not be made is tried again. */
  readonly runs: Pick<RunStore, 'onDidChange'>;
  readonly log: Log;
}

/**
 * Texts that are made when VS Code reads them. Files, although there are none: the editors of files come back after a
 * reload of the window, those of a content provider do not.
 */
export class ReadOnlyFiles implements vscode.FileSystemProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;
  private readonly made = new Map<string, Promise<Made>>();
  private readonly failed = new Map<string, vscode.Uri>();
  private lastTime = 0;
  private readonly subscriptions: { dispose(): void }[];

  constructor(private readonly source: FileSource) {
    this.subscriptions = [
      this.changed,
      source.runs.onDidChange(() => this.refreshFailed()),
      vscode.workspace.registerFileSystemProvider(source.scheme, this, { isReadonly: true, isCaseSensitive: true }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === source.scheme) this.forget(uri);
      }),
    ];
  }

  /** Lets an open editor read the text again. */
  refresh(uri: vscode.Uri): void {
    if (!this.made.has(uri.toString())) return;
    this.forget(uri);
    this.changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { bytes, mtime } = await this.make(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime, size: bytes.length, permissions: vscode.FilePermission.Readonly };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.make(uri)).bytes;
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** Those that show why there was no text: it may be there by now. */
  private refreshFailed(): void {
    for (const uri of [...this.failed.values()]) this.refresh(uri);
  }

  private forget(uri: vscode.Uri): void {
    this.made.delete(uri.toString());
    this.failed.delete(uri.toString());
  }

  private make(uri: vscode.Uri): Promise<Made> {
    const key = uri.toString();
    const known = this.made.get(key);
    if (known) return known;
    // VS Code reads again only what is newer than what it has.
    const mtime = (this.lastTime = Math.max(Date.now(), this.lastTime + 1));
    const making = this.textOf(uri).then((text) => ({ bytes: new TextEncoder().encode(text), mtime }));
    this.made.set(key, making);
    return making;
  }

  private async textOf(uri: vscode.Uri): Promise<string> {
    try {
      return await this.source.textOf(uri);
    } catch (error) {
      if (!(error instanceof ExpectedError)) this.source.log.error(thrown(error));
      this.failed.set(uri.toString(), uri);
      return `${messageOf(error)}\n`;
    }
  }
}
