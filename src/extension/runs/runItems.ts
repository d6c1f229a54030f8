import * as vscode from 'vscode';
import { counted } from '../../core/figures';
import type { DecisionStatus, GroupRow, RunSummary, SeriesPoint } from '../../protocol/run';
import { standingTexts } from '../decisions/decisionText';
import { commandIds, itemContexts, runUriScheme } from '../ids';
import { oneLine } from '../documents/untrustedText';
import type { RunNode } from './runNodes';
import { groupCount, groupIcon, runDescription, stepDescription } from './runText';

/** What an item needs beyond its node. */
export interface ItemContext {
  readonly now: number;
  readonly activeRun: string | null;
  /** Whether another run has the same name. */
  readonly sharesName: (run: RunSummary) => boolean;
  readonly decisionsOf: (problem: string) => readonly DecisionStatus[];
}

/** The item of a node, without its tooltip, which is made when the pointer rests on it. */
export function treeItem(node: RunNode, context: ItemContext): vscode.TreeItem {
  switch (node.kind) {
    case 'run':
      return withId(runItem(node.run, context), node);
    case 'step':
      return withId(stepItem(node.point), node);
    case 'group':
      return withId(groupItem(node, context), node);
    case 'more':
      return withId(moreItem(node), node);
    case 'message':
      return withId(messageItem(node), node);
  }
}

/** The URI under which a run's item gets its completeness badge. */
export function runUri(run: RunSummary): vscode.Uri {
  return vscode.Uri.from({ scheme: runUriScheme, authority: 'run', path: `/${run.id}` });
}

function withId(item: vscode.TreeItem, node: RunNode): vscode.TreeItem {
  item.id = node.id;
  return item;
}

function runItem(run: RunSummary, context: ItemContext): vscode.TreeItem {
  const item = new vscode.TreeItem(oneLine(run.name, 80), vscode.TreeItemCollapsibleState.Collapsed);
  const place = context.sharesName(run) ? `${oneLine(vscode.workspace.asRelativePath(run.path, true), 60)} · ` : '';
  item.description = place + runDescription(run, context.now);
  item.iconPath = runIcon(run);
  item.resourceUri = runUri(run);
  item.contextValue = itemContexts.run;
  const active = run.id === context.activeRun ? vscode.l10n.t('active run, ') : '';
  item.accessibilityInformation = { label: `${oneLine(run.name, 80)}, ${active}${item.description}` };
  return item;
}

function runIcon(run: RunSummary): vscode.ThemeIcon {
  if (!run.loaded || run.rating) return new vscode.ThemeIcon('loading~spin');
  if (run.health.flags.length > 0) return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  switch (run.status) {
    case 'live':
      return new vscode.ThemeIcon('pulse', new vscode.ThemeColor('charts.green'));
    case 'idle':
      return new vscode.ThemeIcon('debug-pause');
    case 'finished':
      return new vscode.ThemeIcon('check');
  }
}

function stepItem(point: SeriesPoint): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Step {0}', point.step), vscode.TreeItemCollapsibleState.Collapsed);
  item.description = stepDescription(point);
  item.contextValue = itemContexts.step;
  item.accessibilityInformation = { label: `${vscode.l10n.t('Step {0}', point.step)}, ${item.description}` };
  return item;
}

function groupItem(node: Extract<RunNode, { kind: 'group' }>, context: ItemContext): vscode.TreeItem {
  const { group } = node;
  // The count comes first: in a narrow view the end of a long title is cut off.
  const title = `${groupCount(group)} ${oneLine(group.title, 80) || oneLine(group.problem, 40)}`;
  const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.None);
  const decisions = context.decisionsOf(group.problem);
  item.description = standingTexts({ membership: group.membership, relabelledTo: null, decisions }).join(' · ');
  item.iconPath = new vscode.ThemeIcon(groupIcon(group, group.membership), groupColor(group));
  item.contextValue = itemContexts.group;
  item.command = { command: commandIds.showRollouts, title: vscode.l10n.t('Show Rollouts'), arguments: [node] };
  item.accessibilityInformation = { label: item.description === '' ? title : `${title}, ${item.description}` };
  return item;
}

function groupColor(group: GroupRow): vscode.ThemeColor | undefined {
  if (group.membership !== 'normal' || group.scored === 0) return undefined;
  if (group.correct === group.scored) return new vscode.ThemeColor('charts.green');
  return group.correct === 0 ? new vscode.ThemeColor('charts.red') : undefined;
}

function moreItem(node: Extract<RunNode, { kind: 'more' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Show more…'), vscode.TreeItemCollapsibleState.None);
  item.description = vscode.l10n.t('{0} left', counted(node.left));
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.command = { command: commandIds.showMore, title: vscode.l10n.t('Show more'), arguments: [node] };
  return item;
}

function messageItem({ text, run }: Extract<RunNode, { kind: 'message' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(oneLine(text, 200), vscode.TreeItemCollapsibleState.None);
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.command =
    run === null
      ? { command: commandIds.showLog, title: vscode.l10n.t('Show Log') }
      : { command: commandIds.examineLog, title: vscode.l10n.t('Examine Log'), arguments: [{ run }] };
  item.tooltip = text;
  return item;
}
