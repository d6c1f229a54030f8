import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import { Coalescer } from '../coalescer';
import type { Configuration } from '../configuration';
import type { DecisionIndex } from '../decisions/decisionIndex';
import type { RunSummary } from '../../protocol/run';
import type { Engine } from '../engine/engineClient';
import { explainedChoice } from '../decisions/explainedChoice';
import type { Focus } from '../focus';
import { contextKeys, runsViewId } from '../ids';
import { treeItem } from './runItems';
import type { RunNode } from './runNodes';
import { RunNodes } from './runNodes';
import type { RunStore, RunsChange } from './runStore';
import { groupTooltip, runTooltip, stepTooltip } from './runText';
import { unusableRoots, unusableRootsText } from './unusableRoots';

const pageSize = 50;
/** Ages of last steps are brought up to date this often while the view is on screen. */
const ageRefreshMs = 15_000;

/** What the runs view draws from. */
export interface RunsViewSources {
  readonly engine: Engine;
  readonly runs: RunStore;
  readonly decisions: DecisionIndex;
  readonly focus: Focus;
  readonly configuration: Pick<Configuration, 'runRoots' | 'onDidChange'>;
}

/** The tree run → steps → groups. It changes because the engine says that something changed, never by itself. */
export class RunsView implements vscode.TreeDataProvider<RunNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<RunNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly nodes = new RunNodes();
  private readonly shown = new Map<string, number>();
  private readonly expandedRuns = new Set<string>();
  /** One look at a time: a drive that hangs must not be asked again and again, and an old answer not outlive a newer one. */
  private readonly rootCheck = new Coalescer(() => this.tellUnusableRoots());
  private readonly view: vscode.TreeView<RunNode>;
  private readonly subscriptions: { dispose(): void }[];

  constructor(private readonly sources: RunsViewSources) {
    this.view = vscode.window.createTreeView(runsViewId, { treeDataProvider: this, canSelectMany: true, showCollapseAll: true });
    const ageTimer = setInterval(() => this.refreshAges(), ageRefreshMs);
    this.subscriptions = [
      this.changed,
      this.view,
      this.rootCheck,
      { dispose: () => clearInterval(ageTimer) },
      sources.runs.onDidChange((change) => this.refresh(change)),
      // A root that cannot be searched changes nothing for the engine, which then tells of no change.
      sources.configuration.onDidChange(() => void this.rootCheck.request()),
      sources.decisions.onDidChange(() => this.changed.fire(undefined)),
      this.view.onDidExpandElement(({ element }) => this.track(element, true)),
      this.view.onDidCollapseElement(({ element }) => this.track(element, false)),
      this.view.onDidChangeVisibility(() => this.tellFocus()),
    ];
  }

  getTreeItem(node: RunNode): vscode.TreeItem {
    const { runs, decisions } = this.sources;
    return treeItem(node, {
      now: Date.now(),
      activeRun: runs.active?.id ?? null,
      sharesName: (run) => runs.runs.some((other) => other.id !== run.id && other.name === run.name),
      decisionsOf: (problem) => decisions.of(problem),
    });
  }

  async resolveTreeItem(item: vscode.TreeItem, node: RunNode): Promise<vscode.TreeItem> {
    const text = await this.tooltip(node);
    // Not trusted and without HTML: names, prompts and answers stand in it, in code spans.
    if (text !== null) item.tooltip = new vscode.MarkdownString(text);
    return item;
  }

  async getChildren(node?: RunNode): Promise<RunNode[]> {
    if (!node) return this.roots();
    try {
      if (node.kind === 'run') return await this.steps(node);
      if (node.kind === 'step') return await this.groups(node);
      return [];
    } catch (error) {
      return [this.nodes.message(node.id, messageOf(error))];
    }
  }

  /** Shows one page more below the item that carries a "Show more…". */
  showMore(node: unknown): void {
    const parent = isMore(node) ? node.parent : undefined;
    if (!parent) return;
    this.shown.set(parent.id, this.limit(parent) + pageSize);
    this.changed.fire(parent);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async roots(): Promise<RunNode[]> {
    const { runs } = this.sources;
    if (!runs.known) await runs.refresh({ rescan: false });
    if (runs.error !== null) return [this.nodes.message('', runs.error)];
    return runs.runs.map((run) => this.nodes.run(run));
  }

  private async steps(node: Extract<RunNode, { kind: 'run' }>): Promise<RunNode[]> {
    const page = await this.sources.engine.call('steps', { run: node.run.id, offset: 0, limit: this.limit(node) });
    if (page.total === 0) return this.beginning(node.run);
    const steps = page.rows.map((point) => this.nodes.step(node.run.id, point));
    return page.total > steps.length ? [...steps, this.nodes.more(node, page.total - steps.length)] : steps;
  }

  private beginning({ id, loaded, health }: RunSummary): RunNode[] {
    if (!loaded) return [];
    const texts = health.flags.length > 0 ? health.flags : [vscode.l10n.t('The first finished step will appear here.')];
    return texts.map((text, place) => this.nodes.finding(id, text, place));
  }

  private async groups(node: Extract<RunNode, { kind: 'step' }>): Promise<RunNode[]> {
    const all = await this.sources.engine.call('groups', { run: node.run, step: node.point.step });
    const groups = all.slice(0, this.limit(node)).map((group, place) => this.nodes.group(node.run, group, place));
    return all.length > groups.length ? [...groups, this.nodes.more(node, all.length - groups.length)] : groups;
  }

  private limit(node: RunNode): number {
    return this.shown.get(node.id) ?? pageSize;
  }

  private async tooltip(node: RunNode): Promise<string | null> {
    if (node.kind === 'run') return runTooltip(node.run);
    if (node.kind === 'step') return stepTooltip(node.point);
    if (node.kind !== 'group') return null;
    const { engine } = this.sources;
    const { run, group } = node;
    const [problem, next] = await Promise.all([engine.call('problem', { run, id: group.problem }), explainedChoice(engine, run, group.problem)]);
    return problem ? groupTooltip(problem, next) : null;
  }

  /** Searching the roots tells of a change when one of them came or went. */
  private async tellUnusableRoots(): Promise<void> {
    const { runs, configuration } = this.sources;
    const roots = await unusableRoots(configuration.runRoots);
    this.view.message = unusableRootsText(roots, !runs.known || runs.runs.length > 0);
  }

  private refresh(change: RunsChange): void {
    void this.rootCheck.request();
    if (change.list) {
      void vscode.commands.executeCommand('setContext', contextKeys.noRuns, this.sources.runs.runs.length === 0);
      this.changed.fire(undefined);
      return;
    }
    for (const run of this.sources.runs.runs) {
      if (change.runs.has(run.id)) this.changed.fire(this.nodes.run(run));
    }
  }

  private refreshAges(): void {
    if (!this.view.visible) return;
    for (const run of this.sources.runs.runs) this.changed.fire(this.nodes.run(run));
  }

  private track(node: RunNode, expanded: boolean): void {
    if (node.kind !== 'run') return;
    if (expanded) this.expandedRuns.add(node.run.id);
    else this.expandedRuns.delete(node.run.id);
    this.tellFocus();
  }

  private tellFocus(): void {
    this.sources.focus.set(runsViewId, this.view.visible ? [...this.expandedRuns] : []);
  }
}

function isMore(node: unknown): node is Extract<RunNode, { kind: 'more' }> {
  return typeof node === 'object' && node !== null && 'kind' in node && node.kind === 'more' && 'parent' in node;
}
