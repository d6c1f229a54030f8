import { isRecord } from '../core/json';

/** Problems that a command is about, and the run they were seen in. */
export interface ProblemTarget {
  readonly run: string | null;
  readonly problems: readonly string[];
}

/** What a command's arguments point at; they come from menus, links and webviews, so nothing of them is taken on trust. */
export type CommandTarget =
  | ({ readonly kind: 'problems' } & ProblemTarget)
  | { readonly kind: 'line'; readonly document: number; readonly line: number }
  | { readonly kind: 'none' };

/**
 * Reads the arguments of a command about problems: `{run, problem}` from a webview or a code action, groups of the runs
 * view (the item, then all selected ones), `{document, line}` from a hover link; anything else points at nothing.
 */
export function commandTarget(args: readonly unknown[]): CommandTarget {
  const [first, second] = args;
  const groups = groupsOf(first, second);
  if (groups) return groups;
  if (!isRecord(first)) return { kind: 'none' };
  const { run, problem, document, line } = first;
  if (typeof problem === 'string' && problem !== '') return { kind: 'problems', run: typeof run === 'string' ? run : null, problems: [problem] };
  if (isIndex(document) && isIndex(line)) return { kind: 'line', document, line };
  return { kind: 'none' };
}

/** The run that a command's arguments name: an item of the runs view or `{run}`; null where they name none. */
export function runTarget(args: readonly unknown[]): string | null {
  const [first] = args;
  if (!isRecord(first)) return null;
  const { run } = first;
  if (typeof run === 'string') return run;
  return isRecord(run) && typeof run['id'] === 'string' ? run['id'] : null;
}

interface Group {
  readonly run: string;
  readonly problem: string;
}

function groupsOf(clicked: unknown, selected: unknown): CommandTarget | null {
  const one = groupOf(clicked);
  if (!one) return null;
  const all = Array.isArray(selected) ? selected.map(groupOf).filter((group) => group?.run === one.run) : [];
  // A right click outside the selection acts on the clicked item alone; VS Code then sends no selection with it.
  const problems = new Set([one, ...all].flatMap((group) => (group ? [group.problem] : [])));
  return { kind: 'problems', run: one.run, problems: [...problems] };
}

function groupOf(node: unknown): Group | null {
  if (!isRecord(node) || node['kind'] !== 'group' || typeof node['run'] !== 'string' || !isRecord(node['group'])) return null;
  const { problem } = node['group'];
  return typeof problem === 'string' ? { run: node['run'], problem } : null;
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
