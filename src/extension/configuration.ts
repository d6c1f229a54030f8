import * as vscode from 'vscode';
import { parseFieldMappings } from '../core/fieldMapping';
import { gitAuthor, systemAuthor } from '../curation/author';
import type { EngineClient } from './engine/engineClient';
import type { Log } from './log';
import { inBackground } from './report';
import type { FolderRoots, RunRoot, Settings } from './settings';
import { assertTrusted } from './decisions/writeGuard';
import { engineSettings, foldersOnDisk, settingDefaults, settingValue, writtenRoots } from './settings';

const section = 'cdasLens';

interface InForce {
  readonly settings: Settings;
  readonly folders: readonly FolderRoots[];
}

/** The settings in force: read anew and handed to the engine whenever they, the folders or the trust change. */
export class Configuration implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** Fires after the settings have changed. */
  readonly onDidChange = this.changed.event;
  private author = systemAuthor();
  /** Read once per change: lists and decorations ask for them all the time, and a value that is not usable is logged. */
  private inForce: InForce = { settings: settingDefaults, folders: [] };
  private readonly subscriptions: { dispose(): void }[];

  constructor(
    private readonly engine: EngineClient,
    private readonly log: Log,
    private readonly fallbackDirectory: string,
  ) {
    const apply = (): void => inBackground(this.apply(), log);
    this.subscriptions = [
      this.changed,
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(section)) apply();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(apply),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        apply();
        inBackground(this.findAuthor(), log);
      }),
    ];
  }

  /** Gives the engine its first settings, then, when git has said who decides, the author's name. */
  async start(): Promise<void> {
    await this.apply();
    inBackground(this.findAuthor(), this.log);
  }

  /** One setting, as it holds for the window. */
  get<Key extends keyof Settings>(key: Key): Settings[Key] {
    return this.inForce.settings[key];
  }

  /** Changes a setting where it is set now, else for the person everywhere. */
  async set<Key extends keyof Settings>(key: Key, value: Settings[Key]): Promise<void> {
    const configuration = vscode.workspace.getConfiguration(section);
    const inWorkspace = configuration.inspect(key)?.workspaceValue !== undefined;
    await configuration.update(key, value, inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global);
  }

  /** Throws where the folder's settings would not be obeyed. */
  assertCanAddRunRoots(): void {
    if (firstFolder()) assertTrusted();
  }

  /** Adds directories to search for runs: to the folder's settings where one is open, else for the person everywhere. */
  async addRunRoots(directories: readonly string[]): Promise<void> {
    const configuration = vscode.workspace.getConfiguration(section);
    const target = firstFolder() ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
    await configuration.update('runRoots', [...new Set([...this.get('runRoots'), ...directories])], target);
  }

  /** The directories that the settings name to be searched for runs. */
  get runRoots(): readonly RunRoot[] {
    return writtenRoots(this.inForce.settings, this.inForce.folders);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async apply(): Promise<void> {
    this.inForce = this.readAll();
    this.changed.fire();
    const settings = engineSettings(this.inForce.settings, {
      folders: this.inForce.folders,
      fallbackDirectory: this.fallbackDirectory,
      trusted: vscode.workspace.isTrusted,
      author: this.author,
    });
    const { roots, curationDirectory, mode, canWrite } = settings;
    const writing = canWrite ? `decisions go to ${curationDirectory}` : 'nothing is written';
    this.log.info(`Runs are searched in ${roots.join(', ') || 'no directory'}; mode ${mode}; ${writing}.`);
    await this.engine.configure(settings);
  }

  private readAll(): InForce {
    const keys = Object.keys(settingDefaults).map((key) => [key, this.read(key as keyof Settings, firstFolder()?.uri)]);
    // Built key by key from the same record of keys.
    const settings = Object.fromEntries(keys) as Settings;
    for (const problem of parseFieldMappings(settings.fieldMapping).problems) this.log.warn(problem);
    return { settings, folders: this.readFolders() };
  }

  private readFolders(): readonly FolderRoots[] {
    return foldersOnDisk(vscode.workspace.workspaceFolders).map(({ uri }) => ({ folder: uri.fsPath, runRoots: this.read('runRoots', uri) }));
  }

  private read<Key extends keyof Settings>(key: Key, scope: vscode.Uri | undefined): Settings[Key] {
    const configuration = vscode.workspace.getConfiguration(section, scope);
    return settingValue(key, (name) => configuration.get(name), (name) => {
      this.log.warn(`The setting ${section}.${name} has an invalid value; its default is used instead.`);
    });
  }

  /** Runs git, so only in a trusted folder; in an untrusted one nothing is written and no author is needed. */
  private async findAuthor(): Promise<void> {
    const folder = firstFolder();
    if (!vscode.workspace.isTrusted || !folder) return;
    const author = await gitAuthor(folder.uri.fsPath);
    if (author === null || author === this.author) return;
    this.author = author;
    await this.apply();
  }
}

function firstFolder(): vscode.WorkspaceFolder | undefined {
  return foldersOnDisk(vscode.workspace.workspaceFolders)[0];
}
