import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { DashboardState } from '../../protocol/dashboard';
import type { GroupRow } from '../../protocol/run';
import { formatCount, formatFixed, formatNumberOf, formatStep } from '../parts/format';
import { Icon } from '../parts/icons';
import { ActionButton } from './actionButton';
import { failureText } from './host';

interface StepGroupsProps {
  readonly step: number;
  readonly state: DashboardState;
  readonly fetchGroups: (step: number) => Promise<readonly GroupRow[]>;
  readonly onSelect: (problem: string) => void;
  readonly onClose: () => void;
  /** Set when the person has just asked for the step: the list may lie far below the chart, and is brought to them. */
  readonly asked: { current: boolean };
}

const shownGroups = 500;

/** The groups of the step that was clicked in a chart. */
export function StepGroups({ step, state, fetchGroups, onSelect, onClose, asked }: StepGroupsProps): JSX.Element {
  const [groups, setGroups] = useState<readonly GroupRow[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    fetchGroups(step).then(
      (rows) => {
        if (!current) return;
        setGroups(rows);
        setFailure(null);
      },
      (error: unknown) => current && setFailure(failureText(error)),
    );
    return () => {
      current = false;
    };
  }, [step, state]);
  const section = useRef<HTMLElement>(null);
  const fresh = groups?.every((group) => group.step === step) ? groups : null;
  useEffect(() => {
    if (!asked.current || fresh === null) return;
    asked.current = false;
    section.current?.scrollIntoView({ block: 'nearest' });
    section.current?.focus({ preventScroll: true });
  });
  return (
    <section ref={section} class="panel" id="groups" tabIndex={-1} aria-labelledby="groups-title" onKeyDown={(event) => event.key === 'Escape' && onClose()}>
      <header class="panelHeader">
        <h2 id="groups-title">{`Groups of step ${formatStep(step)}`}</h2>
        <button type="button" class="iconButton" aria-label="Close" title="Close" onClick={onClose}><Icon name="close" /></button>
      </header>
      {failure !== null && <p class="notice error" role="alert">{`The groups could not be read: ${failure}`}</p>}
      {fresh && <GroupTable groups={fresh} onSelect={onSelect} />}
    </section>
  );
}

function GroupTable({ groups, onSelect }: { readonly groups: readonly GroupRow[]; readonly onSelect: (problem: string) => void }): JSX.Element {
  const more = groups.length > shownGroups ? `, the first ${shownGroups} shown` : '';
  return (
    <div class="tableScroll" tabIndex={0} role="region" aria-label="Groups of the step">
      <table class="groups">
        <caption>{`${formatNumberOf(groups.length, 'group')}${more}`}</caption>
        <thead>
          <tr><th scope="col">Problem</th><th scope="col">Correct</th><th scope="col">Rollouts</th><th scope="col">Mean reward</th><th scope="col">Gradient</th></tr>
        </thead>
        <tbody>
          {groups.slice(0, shownGroups).map((group) => (
            <tr key={group.problem}>
              <th scope="row"><button type="button" class="link" title={group.problem} onClick={() => onSelect(group.problem)}><bdi>{group.title || group.problem}</bdi></button></th>
              <td><ActionButton intent={{ kind: 'rollouts', problem: group.problem, step: group.step }} class="link" name={`${group.correct}/${group.scored}: show these rollouts`}>{`${group.correct}/${group.scored}`}</ActionButton></td>
              <td>{formatCount(group.n)}</td>
              <td>{formatFixed(group.rewardMean)}</td>
              <td>{gradientText(group)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function gradientText({ correct, scored }: GroupRow): string {
  if (scored === 0) return 'not scored';
  if (correct === scored) return 'none, all pass';
  return correct === 0 ? 'none, all fail' : 'mixed';
}
