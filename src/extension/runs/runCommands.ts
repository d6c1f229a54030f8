import * as vscode from 'vscode';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { ExpectedError } from '../../protocol/channel';
import type { CommandHandlers } from '../commands';
import { runTarget } from '../commandTarget';
import type { Configuration } from '../configuration';
import type { Dashboards } from '../dashboard/dashboards';
import type { EngineClient } from '../engine/engineClient';
import { proposeFieldMapping } from '../fieldMappingCommand';
import { commandIds, walkthroughId } from '../ids';
import { recompute } from '../recomputeCommand';
import { oneLine, withoutIcons } from '../documents/untrustedText';
import { assertCanWrite } from '../decisions/writeGuard';
import { showPassing } from '../report';
import { requireRun } from './requireRun';
import type { RunStore } from './runStore';
import { runDescription } from './runText';

/** What the commands about runs and files need. */
export interface RunCommandSources {
  readonly engine: EngineClient;
  readonly runs: RunStore;
  readonly dashboards: Dashboards;
  readonly configuration: Configuration;
}

type RunCommandId =
  | typeof commandIds.recompute
  | typeof commandIds.openDashboard
  | typeof commandIds.selectRun
  | typeof commandIds.refreshRuns
  | typeof commandIds.proposeFieldMapping
  | typeof commandIds.addRunRoot
  | typeof commandIds.openDecisions
  | typeof commandIds.toggleAnnotations
  | typeof commandIds.openDocs;

/** The commands about runs, settings and files. */
export function runCommands(sources: RunCommandSources): Pick<CommandHandlers, RunCommandId> {
  const { engine, runs, dashboards, configuration } = sources;
  return {
    [commandIds.recompute]: (...args) => recompute(engine, runs, args),
    [commandIds.openDashboard]: (...args) => dashboards.show(runTarget(args) ?? runs.active?.id ?? null),
    [commandIds.selectRun]: (...args) => selectRun(runs, args),
    [commandIds.refreshRuns]: () => runs.refresh({ rescan: true }),
    [commandIds.proposeFieldMapping]: () => proposeFieldMapping(configuration),
    [commandIds.addRunRoot]: () => addRunRoot(configuration),
    [commandIds.openDecisions]: () => openDecisions(engine),
    [commandIds.toggleAnnotations]: () => toggleAnnotations(configuration),
    [commandIds.openDocs]: () => vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthroughId, false),
  };
}

/** Makes a run the active one: the named one, else the one that is picked; gives its id. */
async function selectRun(runs: RunStore, args: readonly unknown[]): Promise<string | undefined> {
  const id = runTarget(args) ?? (await pickRun(runs));
  if (id === undefined) return undefined;
  await requireRun(runs, [{ run: id }]);
  await runs.select(id);
  return id;
}

async function pickRun(runs: RunStore): Promise<string | undefined> {
  await requireRun(runs);
  const items = runs.runs.map((run) => ({
    id: run.id,
    label: withoutIcons(oneLine(run.name, 80)),
    description: run.id === runs.active?.id ? vscode.l10n.t('active') : '',
    detail: withoutIcons(`${runDescription(run, Date.now())} · ${run.path}`),
  }));
  const title = vscode.l10n.t('Select the run to show in the status bar and on dataset rows');
  const placeHolder = vscode.l10n.t('Type part of a run\'s name or path');
  return (await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDetail: true }))?.id;
}

async function addRunRoot(configuration: Configuration): Promise<void> {
  configuration.assertCanAddRunRoots();
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    canSelectMany: true,
    openLabel: vscode.l10n.t('Add Run Root'),
    title: vscode.l10n.t('A directory in which training runs write their rollouts'),
  });
  if (chosen) await configuration.addRunRoots(chosen.map((uri) => uri.fsPath));
}

async function openDecisions(engine: EngineClient): Promise<void> {
  const directory = engine.configured?.curationDirectory;
  const file = directory === undefined ? null : path.join(directory, 'decisions.jsonl');
  if (file === null || !existsSync(file)) {
    assertCanWrite(engine);
    throw new ExpectedError(vscode.l10n.t('No decisions yet. The first pin, exclude or relabel creates decisions.jsonl.'));
  }
  await vscode.window.showTextDocument(vscode.Uri.file(file));
}

async function toggleAnnotations(configuration: Configuration): Promise<boolean> {
  const enabled = !configuration.get('annotations.enabled');
  await configuration.set('annotations.enabled', enabled);
  showPassing(enabled ? vscode.l10n.t('CDAS: dataset rows show their figures') : vscode.l10n.t('CDAS: dataset rows show no figures'));
  return enabled;
}
