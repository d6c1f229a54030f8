import * as vscode from 'vscode';
import * as path from 'node:path';
import { setupFrameworks, type SetupPlaces } from '../core/trainerSetup';
import { copyTrainerPackage, defaultPackageDirectory, projectTexts } from '../curation/trainerPackage';
import { needsPackage, setupPartsFor } from '../engine/doctor/setupAdvice';
import { CancelledError, ExpectedError } from '../protocol/channel';
import type { RunSummary } from '../protocol/run';
import { runTarget } from './commandTarget';
import type { EngineClient } from './engine/engineClient';
import { setupUriScheme } from './ids';
import type { RunStore } from './runs/runStore';
import { foldersOnDisk } from './settings';
import { frameworkToSetUp, setupDocument } from './setupText';
import { assertCanWrite } from './decisions/writeGuard';

/** Brings the trainer package, where its framework has a use for it, into the workspace folder and shows, read-only, the lines that make its training job obey and its log complete. */
export class TrainerSetup implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(setupUriScheme, this);
  private readonly texts = new Map<string, string>();

  constructor(
    private readonly engine: EngineClient,
    private readonly runs: RunStore,
    private readonly packageSource: string,
  ) {}

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.path) ?? '';
  }

  /** Sets up for the framework of the run that a command names or that is active if the package has a part for it, else of the folder's files, else of the run all the same, else as asked. */
  async run(args: readonly unknown[]): Promise<string> {
    assertCanWrite(this.engine);
    const folder = foldersOnDisk(vscode.workspace.workspaceFolders)[0]?.uri.fsPath;
    const curationDirectory = this.engine.configured?.curationDirectory;
    if (folder === undefined || curationDirectory === undefined) throw new ExpectedError(vscode.l10n.t('Open the folder of your training job first.'));
    const run = this.runOf(args);
    const framework = frameworkToSetUp(run, projectTexts(folder)) ?? (await pickFramework());
    await this.setUp(framework, folder, { curationDirectory, packageDirectory: `./${defaultPackageDirectory}`, run: run?.name ?? null });
    return framework;
  }

  private async setUp(framework: string, folder: string, places: SetupPlaces): Promise<void> {
    const parts = setupPartsFor(framework, places);
    const copied = needsPackage(parts) ? copyTrainerPackage(this.packageSource, path.join(folder, defaultPackageDirectory)) : null;
    await this.show(framework, setupDocument(framework, copied, parts));
  }

  private runOf(args: readonly unknown[]): RunSummary | null {
    const named = runTarget(args);
    return (named === null ? this.runs.active : this.runs.find(named)) ?? null;
  }

  private async show(framework: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: setupUriScheme, path: `/setup-${framework}.md` });
    this.texts.set(uri.path, text);
    this.changed.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}

async function pickFramework(): Promise<string> {
  const title = vscode.l10n.t('The framework this job trains with');
  const items = setupFrameworks.map((framework) => ({ label: framework === 'other' ? vscode.l10n.t('another') : framework, framework }));
  const chosen = await vscode.window.showQuickPick(items, { title });
  if (chosen === undefined) throw new CancelledError();
  return chosen.framework;
}
