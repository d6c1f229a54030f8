import * as vscode from 'vscode';
import * as path from 'node:path';
import { OperationalError } from '../core/errors';
import { setupFrameworkOfLog, setupFrameworkOfProject, setupFrameworks, setupParts, type SetupFramework, type SetupPart } from '../core/trainerSetup';
import { copyTrainerPackage, defaultPackageDirectory, projectTexts, type CopiedPackage } from '../curation/trainerPackage';
import { CancelledError, ExpectedError } from '../protocol/channel';
import type { RunSummary } from '../protocol/run';
import { runTarget } from './commandTarget';
import type { EngineClient } from './engineClient';
import { setupUriScheme } from './ids';
import type { RunStore } from './runStore';
import { assertCanWrite } from './writeGuard';

/** Brings the trainer package into the workspace folder and shows, read-only, the lines that make its training job obey. */
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

  /** Sets up for the framework of the run that a command names or that is active, else of the folder's files, else as asked. */
  async run(args: readonly unknown[]): Promise<SetupFramework> {
    assertCanWrite(this.engine);
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    const curationDirectory = this.engine.configured?.curationDirectory;
    if (folder === undefined || curationDirectory === undefined) throw new ExpectedError(vscode.l10n.t('Open the folder of your training job first.'));
    const run = this.runOf(args);
    const framework = frameworkOf(run, folder) ?? (await pickFramework());
    const copied = copyInto(this.packageSource, path.join(folder, defaultPackageDirectory));
    const parts = setupParts(framework, { curationDirectory, packageDirectory: `./${defaultPackageDirectory}`, run: run?.name ?? null });
    await this.show(framework, documentOf(framework, copied, parts));
    return framework;
  }

  private runOf(args: readonly unknown[]): RunSummary | null {
    const named = runTarget(args);
    return (named === null ? this.runs.active : this.runs.find(named)) ?? null;
  }

  private async show(framework: SetupFramework, text: string): Promise<void> {
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

function frameworkOf(run: RunSummary | null, folder: string): SetupFramework | null {
  const ofLog = run === null ? null : setupFrameworkOfLog(run.framework);
  return ofLog ?? setupFrameworkOfProject(projectTexts(folder));
}

async function pickFramework(): Promise<SetupFramework> {
  const title = vscode.l10n.t('The framework that this job trains with');
  const items = setupFrameworks.map((framework) => ({ label: framework === 'other' ? vscode.l10n.t('another one') : framework, framework }));
  const chosen = await vscode.window.showQuickPick(items, { title });
  if (chosen === undefined) throw new CancelledError();
  return chosen.framework;
}

function copyInto(source: string, directory: string): CopiedPackage {
  try {
    return copyTrainerPackage(source, directory);
  } catch (error) {
    if (error instanceof OperationalError) throw new ExpectedError(error.message);
    throw error;
  }
}

function documentOf(framework: SetupFramework, { directory, replaced }: CopiedPackage, parts: readonly SetupPart[]): string {
  const done = replaced ? `The copy of the trainer package in ${directory} was replaced.` : `The trainer package was copied to ${directory}.`;
  const shown = parts.map(({ what, language, lines }) => `${what}\n\n${['```' + language, ...lines, '```'].join('\n')}\n`);
  return [`# Setting up a job that trains with ${framework}\n`, `${done}\n`, ...shown, 'Its README.md says what else can be set and how soon a decision takes effect.\n'].join('\n');
}
