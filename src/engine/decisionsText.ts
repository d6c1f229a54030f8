import type { DecisionState, DecisionStatus } from '../protocol/run';
import { plural } from './doctorClaims';
import type { DoctorStyle } from './doctorText';

/** A decision and the problem it is about. */
export type ProblemDecision = DecisionStatus & { readonly problem: string | null };

/** More decisions of one kind than anyone reads are counted. */
const maxListed = 100;

const headings: readonly (readonly [DecisionState, string])[] = [
  ['unmatched', 'Not found by the trainer'],
  ['refused', 'Refused by the trainer'],
  ['pending', 'Pending: the trainer has not confirmed them'],
  ['active', 'Active'],
  ['expired', 'Expired'],
];

/** The decisions as they stand with a trainer, for people, as lines; those that need attention come first. */
export function decisionLines(decisions: readonly ProblemDecision[], style: DoctorStyle): readonly string[] {
  const parts = headings.flatMap(([state, title]) => {
    const own = decisions.filter((decision) => decision.state === state);
    return own.length === 0 ? [] : [style.heading(`${title} (${own.length})`), '', ...groups(own, style), ''];
  });
  const superseded = decisions.filter(({ state }) => state === 'superseded').length;
  const rest = superseded === 0 ? [] : [`${plural(superseded, 'decision')} replaced by later ones or taken back.`];
  const lines = [...parts, ...rest];
  return lines.length === 0 ? ['Nothing has been decided yet.'] : lines;
}

/** Decisions with the same trouble stand under the sentence that says what it is. */
function groups(decisions: readonly ProblemDecision[], style: DoctorStyle): readonly string[] {
  const reasons = [...new Set(decisions.map(({ why }) => why))];
  return reasons.flatMap((reason) => {
    const own = decisions.filter(({ why }) => why === reason);
    const hidden = own.length - maxListed;
    const more = hidden > 0 ? [`- and ${hidden} more; ${style.code('cdas-lens decisions')} lists them all`] : [];
    return [...(reason === null ? [] : [style.text(reason), '']), ...own.slice(0, maxListed).map((decision) => itemLine(decision, style)), ...more];
  });
}

function itemLine({ problem, decision, action, activeFromStep, by, at, reason }: ProblemDecision, { code, text }: DoctorStyle): string {
  const since = activeFromStep === null ? [] : [`from step ${activeFromStep}`];
  const why = reason === null || reason === '' ? [] : [code(reason)];
  return `- ${[`${text(action)} ${code(problem ?? decision)}`, ...since, `by ${code(by)}`, code(at.slice(0, 19)), ...why].join(' · ')}`;
}
