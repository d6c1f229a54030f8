import type { GroupRow, RunSummary, SeriesPoint } from '../../protocol/run';

/** One item of the runs view. The object stays the same while its content is replaced, so that the view keeps its place. */
export type RunNode =
  | { readonly kind: 'run'; readonly id: string; run: RunSummary }
  | { readonly kind: 'step'; readonly id: string; readonly run: string; point: SeriesPoint }
  | { readonly kind: 'group'; readonly id: string; readonly run: string; group: GroupRow }
  | { readonly kind: 'more'; readonly id: string; readonly parent: RunNode; left: number }
  /** With a run: something about its log. */
  | { readonly kind: 'message'; readonly id: string; readonly run: string | null; text: string };

/** The nodes that have been handed to the view, by id. */
export class RunNodes {
  private readonly byId = new Map<string, RunNode>();

  run(run: RunSummary): RunNode {
    const node = this.keep({ kind: 'run', id: runNodeId(run.id), run });
    if (node.kind === 'run') node.run = run;
    return node;
  }

  step(run: string, point: SeriesPoint): RunNode {
    const node = this.keep({ kind: 'step', id: JSON.stringify(['step', run, point.step]), run, point });
    if (node.kind === 'step') node.point = point;
    return node;
  }

  /** `place` tells two groups of one problem in one step apart. */
  group(run: string, group: GroupRow, place: number): RunNode {
    const node = this.keep({ kind: 'group', id: JSON.stringify(['group', run, group.step, group.problem, place]), run, group });
    if (node.kind === 'group') node.group = group;
    return node;
  }

  more(parent: RunNode, left: number): RunNode {
    const node = this.keep({ kind: 'more', id: JSON.stringify(['more', parent.id]), parent, left });
    if (node.kind === 'more') node.left = left;
    return node;
  }

  /** Why there is nothing else below an item. */
  message(parent: string, text: string): RunNode {
    return this.keepMessage({ kind: 'message', id: JSON.stringify(['message', parent]), run: null, text });
  }

  /** What there is to say of a run without steps; `place` tells several apart. */
  finding(run: string, text: string, place: number): RunNode {
    return this.keepMessage({ kind: 'message', id: JSON.stringify(['finding', run, place]), run, text });
  }

  private keepMessage(fresh: Extract<RunNode, { kind: 'message' }>): RunNode {
    const node = this.keep(fresh);
    if (node.kind === 'message') node.text = fresh.text;
    return node;
  }

  private keep(fresh: RunNode): RunNode {
    const known = this.byId.get(fresh.id);
    if (known) return known;
    this.byId.set(fresh.id, fresh);
    return fresh;
  }
}

/** The id of a run's item. */
function runNodeId(run: string): string {
  return JSON.stringify(['run', run]);
}
