import type { JSX } from 'preact';
import { nearestStep } from '../parts/columns';
import { formatCount } from '../parts/format';
import type { ReadoutItem } from '../parts/readout';
import { Readout } from '../parts/readout';
import type { StepCursor } from '../parts/stepCursor';
import { useCursorStep } from '../parts/stepCursor';
import type { DecisionMark } from '../../protocol/dashboard';

/** The legend of a step chart; it follows the cross-hair and rests on the newest step. */
export interface StepReadoutProps {
  readonly steps: readonly number[];
  readonly cursor: StepCursor;
  readonly marks: readonly DecisionMark[];
  readonly items: (index: number) => readonly ReadoutItem[];
}

/** Shows the figures of the step under the cross-hair, else of the newest one. */
export function StepReadout({ steps, cursor, marks, items }: StepReadoutProps): JSX.Element {
  const step = useCursorStep(cursor);
  const last = steps.length - 1;
  const index = step === null ? last : (nearestStep(steps, step) ?? last);
  const shown = steps[index] ?? 0;
  const labels = marks.filter((mark) => mark.step === shown).map((mark) => mark.label);
  return (
    <>
      <Readout at={`Step ${formatCount(shown)}`} items={items(index)} />
      <p class="markLine">{labels.length > 0 ? <bdi>{labels.join(', ')}</bdi> : null}</p>
    </>
  );
}
