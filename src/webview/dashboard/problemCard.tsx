import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { JsonValue } from '../../core/json';
import type { DashboardState } from '../../protocol/dashboard';
import type { ChoiceReport } from '../../protocol/nextBatch';
import type { ProblemDetail } from '../../protocol/run';
import { formatCount, formatFixed, formatInterval, formatPercent, formatSigned, formatStep } from '../parts/format';
import { Icon } from '../parts/icons';
import { ActionButton, DecisionButtons } from './actionButton';
import { DecisionChips } from './decisionChips';
import { failureText } from './host';
import { ProblemChoiceText } from './problemChoice';
import { ProblemHistory } from './problemHistory';

interface ProblemCardProps {
  readonly id: string;
  readonly state: DashboardState;
  readonly fetchProblem: (id: string) => Promise<ProblemDetail | null>;
  readonly fetchChoice: (id: string) => Promise<ChoiceReport | null>;
  readonly onClose: () => void;
}

/** The selected problem with its history and what can be decided about it; it follows the run. */
export function ProblemCard({ id, state, fetchProblem, fetchChoice, onClose }: ProblemCardProps): JSX.Element {
  const { detail, message } = useProblem(id, state, fetchProblem);
  return (
    <aside class="card" id="card" aria-labelledby="card-title" onKeyDown={(event) => event.key === 'Escape' && onClose()}>
      <header class="panelHeader">
        <h2 id="card-title"><bdi class="mono">{id}</bdi></h2>
        <span class="cardTools">
          <ActionButton intent={{ kind: 'copyId', problem: id }} class="iconButton" name="Copy id"><Icon name="copy" /></ActionButton>
          <button type="button" class="iconButton" aria-label="Close" title="Close" onClick={onClose}><Icon name="close" /></button>
        </span>
      </header>
      <DecisionButtons problem={id} standing={detail} face="words" />
      {message !== null && <p class="missing" role="status">{message}</p>}
      {detail && <CardBody detail={detail} choice={<ProblemChoiceText id={id} state={state} fetchChoice={fetchChoice} />} />}
    </aside>
  );
}

function CardBody({ detail, choice }: { readonly detail: ProblemDetail; readonly choice: JSX.Element }): JSX.Element {
  return (
    <div class="cardColumns">
      <div class="cardBody">
        {(detail.decisions.length > 0 || detail.membership !== 'normal') && <DecisionChips row={detail} />}
        <p class="problemText" tabIndex={0} role="region" aria-label="Problem text"><bdi>{detail.text}</bdi></p>
        <dl class="facts">
          <Fact name="Ground truth">
            <bdi class={detail.relabelledTo === null ? undefined : 'struck'}>{jsonText(detail.groundTruth)}</bdi>
            {detail.relabelledTo !== null && <bdi>{` ${jsonText(detail.relabelledTo)}`}</bdi>}
          </Fact>
          <Fact name="Difficulty">{`${formatSigned(detail.difficulty, 3)}${sideText(detail)}`}</Fact>
          <Fact name="Pass rate">{`${formatPercent(detail.passRate)} (${formatInterval(detail.interval)}), ${formatCount(detail.correct)} of ${formatCount(detail.rollouts)} rollouts`}</Fact>
          <Fact name="Visits">{`${formatCount(detail.visits)}${detail.visits < 2 ? ', too few to trust the difficulty' : ''}`}</Fact>
          <Fact name="Last step">{formatStep(detail.lastStep)}</Fact>
          <Fact name="Next batch">{choice}</Fact>
        </dl>
      </div>
      <div class="cardHistory"><ProblemHistory id={detail.id} history={detail.history} competence={detail.competence} /></div>
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: JSX.Element | string | (JSX.Element | string | false)[] }): JSX.Element {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function sideText({ difficulty, competence }: ProblemDetail): string {
  if (difficulty === null || competence === null) return '';
  return `, ${formatFixed(Math.abs(competence - difficulty))} ${difficulty > competence ? 'above' : 'below'} competence (${difficulty > competence ? 'harder' : 'easier'} side)`;
}

function jsonText(value: JsonValue): string {
  if (value === null) return 'unknown';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

interface Fetched {
  readonly detail: ProblemDetail | null;
  readonly message: string | null;
}

/** The newest answer about a problem; the one before stays until the next has arrived. */
function useProblem(id: string, state: DashboardState, fetchProblem: (id: string) => Promise<ProblemDetail | null>): Fetched {
  const [fetched, setFetched] = useState<Fetched>({ detail: null, message: null });
  useEffect(() => {
    let current = true;
    fetchProblem(id).then(
      (detail) => current && setFetched({ detail, message: detail ? null : `The run ${state.run.name} has not seen this problem yet.` }),
      (error: unknown) => current && setFetched((before) => ({ ...before, message: failureText(error) })),
    );
    return () => {
      current = false;
    };
  }, [id, state]);
  return fetched.detail === null || fetched.detail.id === id ? fetched : { detail: null, message: null };
}
