import * as vscode from 'vscode';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { addMergeUnion, hasMergeUnion } from '../../curation/gitAttributes';
import type { EngineClient } from '../engine/engineClient';
import { commandIds } from '../ids';
import type { Log } from '../log';
import { inBackground, showPassing } from '../report';
import { assertCanWrite } from './writeGuard';

const offeredKey = 'cdasLens.gitAttributesOffered';

/** Lets git merge two people's decisions: writes the .gitattributes line on request, and offers it once per workspace. */
export class GitAttributesOffer {
  constructor(
    private readonly engine: EngineClient,
    private readonly memory: vscode.Memento,
    private readonly log: Log,
  ) {}

  /** Writes the line. */
  write(): boolean {
    assertCanWrite(this.engine);
    const directory = this.directory();
    if (directory === null) return false;
    const added = addMergeUnion(directory);
    const file = path.join(directory, '.gitattributes');
    showPassing(added ? vscode.l10n.t('CDAS: {0} written', file) : vscode.l10n.t('CDAS: {0} already has the line', file));
    return added;
  }

  /** After a decision: asks, the first time only, and only where there is a git repository that lacks the line. */
  offerOnce(): void {
    inBackground(this.offer(), this.log);
  }

  private async offer(): Promise<void> {
    const directory = this.directory();
    if (directory === null || this.memory.get<boolean>(offeredKey) === true) return;
    if (!isInGit(directory) || hasMergeUnion(directory)) return;
    await this.memory.update(offeredKey, true);
    const yes = vscode.l10n.t('Write .gitattributes');
    const question = vscode.l10n.t('One line in a .gitattributes file beside decisions.jsonl lets git merge two people’s decisions without conflicts.');
    if ((await vscode.window.showInformationMessage(question, yes, vscode.l10n.t('No'))) !== yes) return;
    // Through the command, which shows what goes wrong.
    await vscode.commands.executeCommand(commandIds.writeGitAttributes);
  }

  private directory(): string | null {
    return this.engine.configured?.curationDirectory ?? null;
  }
}

function isInGit(directory: string): boolean {
  for (let place = directory; ; place = path.dirname(place)) {
    if (existsSync(path.join(place, '.git'))) return true;
    if (path.dirname(place) === place) return false;
  }
}
