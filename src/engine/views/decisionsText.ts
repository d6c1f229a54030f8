import type { DecisionState } from '../../core/decisionStatus';
import { grouped } from '../../core/figures';
import { foldedLines } from '../../core/foldedLines';
import { plural } from '../../core/plural';
import { printable } from '../../core/printable';
import { formatTable, type TableColumn } from '../../core/textTable';
import type { DecisionStatus } from '../../protocol/run';

/** A decision and the problem it is about. `title`: the start of the problem's text, null where it is not known. Untrusted. */
export type ProblemDecision = DecisionStatus & { readonly problem: string | null; readonly title: string | null };

/** More decisions of one kind than anyone reads are counted. */
export const maxListed = 200;

const headings: readonly (readonly [DecisionState, string])[] = [
  ['unmatched', 'Not found by the trainer'],
  ['refused', 'Refused by the trainer'],
  ['pending', 'Pending: the trainer has not confirmed them'],
  ['active', 'Active'],
  ['expired', 'Expired'],
];

const columns: readonly TableColumn<ProblemDecision>[] = [
  { title: 'PROBLEM', cell: ({ problem, decision }) => problem ?? decision },
  { title: 'TEXT', cell: ({ title }) => title, maxChars: 48 },
  { title: 'ACTION', cell: ({ action }) => action },
  { title: 'FROM STEP', cell: ({ activeFromStep }) => activeFromStep },
  { title: 'BY', cell: ({ by }) => by, maxChars: 32 },
  { title: 'AT', cell: ({ at }) => at.slice(0, 19) },
  { title: 'REASON', cell: ({ reason }) => reason, maxChars: 120 },
];

/** The decisions as they stand with a trainer, for people, as plain text; those that need attention come first. */
export function decisionsText(decisions: readonly ProblemDecision[]): string {
  const parts = headings.flatMap(([state, title]) => {
    const own = decisions.filter((decision) => decision.state === state);
    return own.length === 0 ? [] : [`${title.toUpperCase()} (${grouped(own.length)})\n${groups(own)}`];
  });
  const superseded = decisions.filter(({ state }) => state === 'superseded').length;
  const rest = superseded === 0 ? [] : [`${plural(superseded, 'decision')} replaced by later ones or undone.\n`];
  const text = [...parts, ...rest].join('\n');
  return text === '' ? 'Nothing has been decided yet.\n' : text;
}

/** Decisions with the same trouble stand under the sentence that says what it is. */
function groups(decisions: readonly ProblemDecision[]): string {
  const reasons = [...new Set(decisions.map(({ why }) => why))];
  return reasons.map((reason) => groupText(reason, decisions.filter(({ why }) => why === reason))).join('\n');
}

function groupText(reason: string | null, decisions: readonly ProblemDecision[]): string {
  const hidden = decisions.length - maxListed;
  const more = hidden > 0 ? `… and ${grouped(hidden)} more; \`cdas-lens decisions\` lists them all\n` : '';
  return `${reason === null ? '' : `${foldedLines(printable(reason)).join('\n')}\n`}${formatTable(decisions.slice(0, maxListed), columns)}${more}`;
}
