import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { whyText } from '../../protocol/choiceText';
import type { DashboardState } from '../../protocol/dashboard';
import type { ChoiceReport } from '../../protocol/nextBatch';
import { ActionButton } from './actionButton';
import { failureText } from './host';

interface ProblemChoiceProps {
  readonly id: string;
  readonly state: DashboardState;
  readonly fetchChoice: (id: string) => Promise<ChoiceReport | null>;
}

/** Whether the next batch holds the problem and why; it follows the run. */
export function ProblemChoiceText({ id, state, fetchChoice }: ProblemChoiceProps): JSX.Element {
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    const show = (next: string | null): void => {
      if (current) setText(next);
    };
    fetchChoice(id).then((report) => show(choiceText(report)), (error: unknown) => show(failureText(error)));
    return () => {
      current = false;
    };
  }, [id, state]);
  return (
    <span>
      <bdi>{text ?? '…'}</bdi>
      {' '}
      <ActionButton intent={{ kind: 'explain', problem: id }} class="link">Why?</ActionButton>
    </span>
  );
}

function choiceText(report: ChoiceReport | null): string {
  if (report === null) return 'not seen in this run yet';
  const { choice, batch } = report;
  return `${choice.chosen ? 'yes' : 'no'}${batch.exact ? '' : ' (expected)'}: ${whyText(choice, batch)}`;
}
