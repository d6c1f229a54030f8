import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { DashboardIntent } from '../../protocol/dashboardMessages';
import type { ProblemRow } from '../../protocol/run';
import { Icon } from '../parts/icons';
import { useActions } from './host';

interface ActionButtonProps {
  readonly intent: DashboardIntent;
  readonly class?: string;
  /** What it does, where the face does not say so. */
  readonly name?: string;
  readonly disabledReason?: string | null;
  /** False keeps it out of the order of Tab; the pointer reaches it all the same. */
  readonly reachable?: boolean;
  readonly children: ComponentChildren;
}

/** A button that sends one intent and rests until the host has answered. */
export function ActionButton({ intent, class: kind, name, disabledReason, reachable = true, children }: ActionButtonProps): JSX.Element {
  const { act } = useActions();
  const [busy, setBusy] = useState(false);
  const rests = busy || Boolean(disabledReason);
  const onClick = (event: MouseEvent): void => {
    event.stopPropagation();
    if (rests) return;
    setBusy(true);
    void act(intent).finally(() => setBusy(false));
  };
  const title = disabledReason ?? name;
  // Not `disabled`: that would take the focus away from who has just pressed it, and hide the reason from the keyboard.
  return (
    <button type="button" class={kind} aria-disabled={rests} aria-busy={busy} aria-label={name} title={title} tabIndex={reachable ? 0 : -1} onClick={onClick}>
      {children}
    </button>
  );
}

const decisions = [
  { kind: 'pin', label: 'Pin', does: 'Pin: in every batch until cleared' },
  { kind: 'exclude', label: 'Exclude', does: 'Exclude: never sampled, and left out of the mean behind competence' },
  { kind: 'relabel', label: 'Relabel…', does: 'Relabel: replace the ground truth' },
  { kind: 'clear', label: 'Clear', does: 'Clear: back to normal' },
] as const;

interface DecisionButtonsProps {
  readonly problem: string;
  /** Where the problem stands now; null while that is not known. */
  readonly standing: Pick<ProblemRow, 'membership' | 'relabelledTo'> | null;
  readonly face: 'icon' | 'words';
  readonly reachable?: boolean;
}

/** The four decisions about a problem, as icons in a list or with words on a card; those that would change nothing rest. */
export function DecisionButtons({ problem, standing, face, reachable = true }: DecisionButtonsProps): JSX.Element {
  const { readOnlyReason } = useActions();
  return (
    <span class={`decisionButtons ${face}Face`}>
      {decisions.map(({ kind, label, does }) => (
        <ActionButton
          key={kind}
          intent={{ kind, problem }}
          class={face === 'icon' ? 'iconButton' : 'secondary'}
          name={does}
          disabledReason={readOnlyReason ?? needlessReason(kind, standing)}
          reachable={reachable}
        >
          <Icon name={kind} />
          {face === 'words' && label}
        </ActionButton>
      ))}
    </span>
  );
}

/** Why a decision would change nothing, or null. */
function needlessReason(kind: (typeof decisions)[number]['kind'], standing: DecisionButtonsProps['standing']): string | null {
  if (standing === null) return null;
  const { membership, relabelledTo } = standing;
  if (kind === 'pin' && membership === 'pin') return 'Pinned already';
  if (kind === 'exclude' && membership === 'exclude') return 'Excluded already';
  return kind === 'clear' && membership === 'normal' && relabelledTo === null ? 'No decision on this problem' : null;
}
