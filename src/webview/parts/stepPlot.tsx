import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { nearestStep } from './columns';
import { formatStep } from './format';
import { Plot } from './plot';
import type { PlotChart } from './plotChart';
import type { PlotSpec } from './plotSpec';
import type { StepCursor } from './stepCursor';
import { useCursorStep } from './stepCursor';
import type { Theme } from './theme';

/** A step with a label. */
export interface StepMark {
  readonly step: number;
  readonly label: string;
}

/** A plot over steps. `describe` says the figures of the step with the given index in one line. */
export interface StepPlotProps {
  readonly label: string;
  readonly spec: PlotSpec;
  readonly theme: Theme;
  readonly steps: readonly number[];
  readonly cursor: StepCursor;
  readonly marks: readonly StepMark[];
  readonly describe: (index: number) => string;
  readonly onOpenStep: (step: number) => void;
}

/** The plot with a cross-hair that all plots of one `cursor` share; pointer and arrow keys move it, click and Enter open the step. */
export function StepPlot(props: StepPlotProps): JSX.Element {
  const { steps, cursor } = props;
  const chart = useRef<PlotChart>(null);
  const line = useRef<HTMLDivElement>(null);
  const place = (): void => {
    const surface = chart.current?.surface();
    if (line.current && surface) placeLine(line.current, surface, cursor.current);
  };
  useEffect(() => cursor.listen(place), [cursor]);
  const go = (index: number | null): void => cursor.moveTo(index === null ? null : (steps[index] ?? null));
  const onMove = (event: PointerEvent): void => go(nearestStep(steps, chart.current?.xValue(event.offsetX) ?? Number.NaN));
  const onOpen = (): void => {
    const step = cursor.current ?? steps.at(-1);
    if (step !== undefined) props.onOpenStep(step);
  };
  return (
    <Plot label={props.label} spec={props.spec} theme={props.theme} chart={chart} onDraw={place}>
      <div ref={line} class="crosshair" hidden />
      <MarkNote {...props} />
      <StepSlider {...props} go={go} onMove={onMove} onOpen={onOpen} />
    </Plot>
  );
}

/** The labels of the marks nearest to the cross-hair, in full: those drawn on the canvas may be cut or left out. */
function MarkNote({ steps, marks, cursor }: StepPlotProps): JSX.Element | null {
  const step = useCursorStep(cursor);
  if (step === null) return null;
  const near = marks.filter((mark) => steps[nearestStep(steps, mark.step) ?? -1] === step);
  if (near.length === 0) return null;
  return <p class="markNote"><bdi>{near.map((mark) => `Step ${formatStep(mark.step)}: ${mark.label}`).join('; ')}</bdi></p>;
}

interface StepSliderProps extends StepPlotProps {
  readonly go: (index: number | null) => void;
  readonly onMove: (event: PointerEvent) => void;
  readonly onOpen: () => void;
}

function StepSlider({ steps, cursor, label, describe, go, onMove, onOpen }: StepSliderProps): JSX.Element {
  const step = useCursorStep(cursor);
  const last = steps.length - 1;
  const index = step === null ? last : (nearestStep(steps, step) ?? last);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') onOpen();
    else if (event.key === 'Escape') go(null);
    else if (keyTarget(event.key, index, last) === null) return;
    else go(keyTarget(event.key, index, last));
    event.preventDefault();
  };
  return (
    <div
      class="plotControl"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={steps[0] ?? 0}
      aria-valuemax={steps[last] ?? 0}
      aria-valuenow={steps[index] ?? 0}
      aria-valuetext={describe(index)}
      onPointerMove={onMove}
      onPointerLeave={() => go(null)}
      onBlur={() => go(null)}
      onClick={onOpen}
      onKeyDown={onKeyDown}
    />
  );
}

/** The index that a key leads to which moves a slider, as screen readers announce them: up is on; null for other keys. */
export function keyTarget(key: string, index: number, last: number): number | null {
  const moves = new Map([
    ['ArrowLeft', index - 1],
    ['ArrowRight', index + 1],
    ['ArrowDown', index - 1],
    ['ArrowUp', index + 1],
    ['PageDown', index - 10],
    ['PageUp', index + 10],
    ['Home', 0],
    ['End', last],
  ]);
  const target = moves.get(key);
  return target === undefined ? null : Math.min(last, Math.max(0, target));
}

function placeLine(line: HTMLElement, surface: NonNullable<ReturnType<PlotChart['surface']>>, step: number | null): void {
  const { area } = surface;
  const x = step === null ? Number.NaN : surface.x(step);
  line.hidden = !(x >= area.left && x <= area.right);
  if (line.hidden) return;
  line.style.transform = `translate(${x}px, ${area.top}px)`;
  line.style.height = `${area.bottom - area.top}px`;
}
