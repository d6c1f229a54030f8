import type { JSX } from 'preact';
import type { Visit } from '../../protocol/run';
import { formatCount, formatSigned, formatStep } from '../parts/format';
import { ActionButton } from './actionButton';

const widthPx = 300;
const heightPx = 56;
const shownVisits = 50;

interface ProblemHistoryProps {
  readonly id: string;
  /** Oldest first. */
  readonly history: readonly Visit[];
  readonly competence: number | null;
}

/** How the difficulty moved visit by visit, as a small line and as a table; visits that no longer count are crossed out. */
export function ProblemHistory({ id, history, competence }: ProblemHistoryProps): JSX.Element | null {
  if (history.length === 0) return null;
  const newest = history.slice(-shownVisits).reverse();
  return (
    <>
      <Sparkline history={history} competence={competence} />
      <table class="history">
        <caption>{history.length > shownVisits ? `The newest ${shownVisits} of ${formatCount(history.length)} visits` : 'Visits, newest first'}</caption>
        <thead>
          <tr><th scope="col">Step</th><th scope="col">Correct</th><th scope="col">Difficulty after</th></tr>
        </thead>
        <tbody>
          {newest.map((visit) => (
            <tr key={visit.step} class={visit.counts ? undefined : 'struck'}>
              <th scope="row">{formatStep(visit.step)}</th>
              <td>
                <ActionButton intent={{ kind: 'rollouts', problem: id, step: visit.step }} class="link" name={`${visit.correct}/${visit.scored}: show these rollouts`}>{`${visit.correct}/${visit.scored}`}</ActionButton>
                {!visit.counts && <span class="hiddenText"> (no longer counts)</span>}
              </td>
              <td>{formatSigned(visit.difficulty, 3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Sparkline({ history, competence }: Pick<ProblemHistoryProps, 'history' | 'competence'>): JSX.Element | null {
  const visits = history.filter((visit) => visit.counts);
  const first = visits[0];
  const last = visits.at(-1);
  if (visits.length < 2 || !first || !last) return null;
  const reach = Math.max(0.6, ...visits.map((visit) => Math.abs(visit.difficulty)));
  const x = (step: number): number => 2 + ((widthPx - 4) * (step - first.step)) / Math.max(1, last.step - first.step);
  const y = (difficulty: number): number => (heightPx / 2) * (1 - difficulty / reach);
  const points = visits.map((visit) => `${x(visit.step).toFixed(1)},${y(visit.difficulty).toFixed(1)}`).join(' ');
  const label = `Difficulty from ${formatSigned(first.difficulty)} at step ${first.step} to ${formatSigned(last.difficulty)} at step ${last.step}`;
  return (
    <svg class="sparkline" viewBox={`0 0 ${widthPx} ${heightPx}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <line class="sparkZero" x1="0" x2={widthPx} y1={heightPx / 2} y2={heightPx / 2} />
      {competence !== null && <line class="sparkCompetence" x1="0" x2={widthPx} y1={y(competence)} y2={y(competence)} />}
      <polyline class="sparkLine" points={points} />
    </svg>
  );
}
