import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { DashboardState } from '../../protocol/dashboard';
import type { MetricColumns } from '../../protocol/metrics';
import type { ColumnSpan } from '../parts/columns';
import { columnSpans, linePoints, nearestStep } from '../parts/columns';
import { formatFigure, formatStep } from '../parts/format';
import { markLayer } from '../parts/layers';
import { niceTicks } from '../parts/niceTicks';
import type { PlotSpec } from '../parts/plotSpec';
import type { StepCursor } from '../parts/stepCursor';
import { useCursorStep } from '../parts/stepCursor';
import { StepPlot } from '../parts/stepPlot';
import type { Theme } from '../parts/theme';
import { lastKnown, trendOf } from '../parts/trend';
import { stepAxis } from './figures';

interface MetricPlotProps {
  readonly metric: MetricColumns;
  readonly state: DashboardState;
  readonly theme: Theme;
  readonly cursor: StepCursor;
  readonly onOpenStep: (step: number) => void;
}

/** One training metric over steps, on its own scale, with the value at the cross-hair. */
export function MetricPlot({ metric, state, theme, cursor, onOpenStep }: MetricPlotProps): JSX.Element {
  const spec = useMemo(() => metricSpec(metric, state, theme), [metric, state, theme]);
  return (
    <figure class="metricPlot">
      <figcaption>
        <bdi class="metricName" title={metric.name}>{metric.name}</bdi>
        <MetricValue metric={metric} cursor={cursor} />
      </figcaption>
      <StepPlot
        label={metricLabel(metric)}
        spec={spec}
        theme={theme}
        steps={metric.step}
        cursor={cursor}
        marks={state.marks}
        describe={(index) => `Step ${formatStep(metric.step[index] ?? null)}: ${formatFigure(metric.value[index] ?? null)}`}
        onOpenStep={onOpenStep}
      />
    </figure>
  );
}

/** The value at the step under the cross-hair, else the newest one, with its step. */
function MetricValue({ metric, cursor }: Pick<MetricPlotProps, 'metric' | 'cursor'>): JSX.Element {
  const at = useCursorStep(cursor);
  const last = metric.step.length - 1;
  const index = at === null ? last : (nearestStep(metric.step, at) ?? last);
  return (
    <span class="metricValue">
      {formatFigure(metric.value[index] ?? null)}
      <span class="muted">{` at step ${formatStep(metric.step[index] ?? null)}`}</span>
    </span>
  );
}

function metricSpec(metric: MetricColumns, { series, run, marks }: DashboardState, theme: Theme): PlotSpec {
  const decimated = metric.step.length < metric.points;
  const own = columnSpans(metric.step, decimated);
  const rollouts = columnSpans(series.step, series.step.length < run.steps);
  const ticks = niceTicks(metric.value);
  return {
    x: stepAxis(joined(own, rollouts)),
    left: { min: ticks[0] ?? 0, max: ticks.at(-1) ?? 1, title: '', ticks, format: formatFigure },
    lines: [{ ...linePoints(metric.step, metric.value, decimated), colour: theme.passRate, widthPx: 1.75 }],
    under: [],
    over: [markLayer(marks, theme)],
    topPx: marks.length > 0 ? 18 : 6,
  };
}

/** The axis of the other charts, and beyond where the metric reaches further. */
function joined(own: readonly ColumnSpan[], rollouts: readonly ColumnSpan[]): readonly ColumnSpan[] {
  const [first, last] = [own[0], own.at(-1)];
  const [firstRollouts = first, lastRollouts = last] = [rollouts[0], rollouts.at(-1)];
  if (!first || !last || !firstRollouts || !lastRollouts) return rollouts;
  return [{ from: Math.min(first.from, firstRollouts.from), to: Math.max(last.to, lastRollouts.to) }];
}

function metricLabel({ name, step, value }: MetricColumns): string {
  const known = value.filter((one) => one !== null);
  const ticks = niceTicks(value);
  const tolerance = ((ticks.at(-1) ?? 1) - (ticks[0] ?? 0)) / 50;
  const range = known.length === 0 ? 'no finite value' : `now ${formatFigure(lastKnown(value))}, ${trendOf(value, tolerance)}`;
  return `${name} over steps ${formatStep(step[0] ?? null)} to ${formatStep(step.at(-1) ?? null)}: ${range}.`;
}
