import type { JSX } from 'preact';
import { nearestStep } from '../parts/columns';
import { formatStep } from '../parts/format';
import type { ReadoutItem } from '../parts/readout';
import { Readout } from '../parts/readout';
import type { StepCursor } from '../parts/stepCursor';
import { useCursorStep } from '../parts/stepCursor';

/** The legend of a step chart; it follows the cross-hair and rests on the newest step. */
export interface StepReadoutProps {
  readonly steps: readonly number[];
  readonly cursor: StepCursor;
  readonly items: (index: number) => readonly ReadoutItem[];
}

/** Shows the figures of the step under the cross-hair, else of the newest one. */
export function StepReadout({ steps, cursor, items }: StepReadoutProps): JSX.Element {
  const step = useCursorStep(cursor);
  const last = steps.length - 1;
  const index = step === null ? last : (nearestStep(steps, step) ?? last);
  return <Readout at={`Step ${formatStep(steps[index] ?? null)}`} items={items(index)} />;
}
