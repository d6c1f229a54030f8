import type { JSX } from 'preact';
import type { DecisionState } from '../../core/decisionStatus';
import type { DecisionStatus, ProblemRow } from '../../protocol/run';

const membershipNames = new Map([
  ['pin', 'Pinned'],
  ['exclude', 'Excluded'],
  ['relabel', 'Relabelled'],
  ['clear', 'Cleared'],
  ['note', 'Noted'],
  ['revert', 'Reverted'],
]);

/** A decision's standing in words. */
function decisionStateText({ state, activeFromStep }: Pick<DecisionStatus, 'state' | 'activeFromStep'>): string {
  const texts: Record<DecisionState, string> = {
    pending: 'pending',
    active: activeFromStep === null ? 'active' : `active from step ${activeFromStep}`,
    expired: 'expired',
    unmatched: 'not found by the trainer',
    refused: 'refused by the trainer',
    superseded: 'superseded',
  };
  return texts[state];
}

/** Where a problem stands for the sampler: one chip per decision in force. */
export function DecisionChips({ row }: { readonly row: Pick<ProblemRow, 'membership' | 'decisions'> }): JSX.Element {
  if (row.decisions.length === 0) {
    return row.membership === 'normal' ? <span class="muted">–</span> : <span class="chip">{membershipNames.get(row.membership)}</span>;
  }
  return (
    <span class="chips">
      {row.decisions.map((status) => {
        const name = membershipNames.get(status.action) ?? status.action;
        return (
          <span key={status.decision} class={`chip ${status.state}`} title={`${name}, ${decisionStateText(status)}. ${status.why === null ? '' : `${status.why} `}By ${status.by} at ${status.at}.${status.reason === null ? '' : ` ${status.reason}`}`}>
            <bdi>{name}</bdi>
            {` · ${decisionStateText(status)}`}
          </span>
        );
      })}
    </span>
  );
}
