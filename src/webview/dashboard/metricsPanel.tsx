import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { DashboardState } from '../../protocol/dashboard';
import type { MetricColumns } from '../../protocol/metrics';
import { ChartPanel } from '../parts/chartPanel';
import { nearestStep } from '../parts/columns';
import type { TableData } from '../parts/dataTable';
import { formatFigure, formatNumberOf, formatStep } from '../parts/format';
import type { StepChartProps } from './chartProps';
import { MetricPicker } from './metricPicker';
import { MetricPlot } from './metricPlot';

interface MetricsPanelProps extends StepChartProps {
  readonly onMetrics: (names: readonly string[]) => void;
}

/** What the trainer measured besides the rollouts, up to four series, each over the steps of the other charts. */
export function MetricsPanel(props: MetricsPanelProps): JSX.Element {
  const { state } = props;
  const { metrics } = state;
  const table = useMemo(() => metricsTable(metrics.series), [metrics]);
  const openNearest = (step: number): void => {
    const index = nearestStep(state.series.step, step);
    if (index !== null) props.onOpenStep(state.series.step[index] ?? step);
  };
  return (
    <ChartPanel
      id="metrics"
      title="Training metrics"
      hint="The trainer’s own metrics, as its files say; each series has its own scale."
      basis={basisText(state)}
      table={table}
      tableOpen={props.tableOpen}
      onToggleTable={props.onToggleTable}
      missing={missingText(state)}
      legend={<MetricPicker metrics={metrics} onMetrics={props.onMetrics} />}
    >
      <div class="metricPlots">
        {metrics.series.map((metric) => (
          <MetricPlot key={metric.name} metric={metric} state={state} theme={props.theme} cursor={props.cursor} onOpenStep={openNearest} />
        ))}
      </div>
    </ChartPanel>
  );
}

function missingText({ metrics, run }: DashboardState): string | null {
  if (metrics.available.length > 0) return null;
  if (!run.loaded) return 'The log is still being read; its metrics will appear here.';
  return ['No metrics were found beside this log.', metrics.advice, ...notesOf(metrics)].filter((text) => text !== null).join(' ');
}

function basisText({ metrics }: DashboardState): string {
  const files = [...new Set(metrics.series.flatMap((series) => series.files))];
  const from = files.length === 0 ? '' : ` Drawn from ${files.join(', ')}.`;
  return [`${formatNumberOf(metrics.available.length, 'series', 'series')} found.${from}`, ...notesOf(metrics)].join(' ');
}

function notesOf({ notes }: DashboardState['metrics']): readonly string[] {
  return notes.map(({ file, note }) => `${file}: ${note}`);
}

/** One row per step at which any of the series has a value, newest first. */
function metricsTable(series: readonly MetricColumns[]): TableData {
  const values = series.map((metric) => new Map(metric.step.map((step, index) => [step, metric.value[index] ?? null])));
  const steps = [...new Set(series.flatMap((metric) => metric.step))].sort((a, b) => b - a);
  const cell = (step: number, column: number): string => formatFigure(values[column]?.get(step) ?? null);
  return {
    caption: 'Training metrics per step, newest first',
    columns: ['Step', ...series.map(({ name }) => name)],
    rows: steps.length,
    cell: (row, column) => (column === 0 ? formatStep(steps[row] ?? null) : cell(steps[row] ?? 0, column - 1)),
  };
}
