import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { DashboardState } from '../../protocol/dashboard';
import { ChartPanel } from '../parts/chartPanel';
import { columnSpans, linePoints } from '../parts/columns';
import type { TableData } from '../parts/dataTable';
import { formatCount, formatPercent, formatSigned, formatStep } from '../parts/format';
import { markLayer } from '../parts/layers';
import type { PlotAxis, PlotLine, PlotSpec } from '../parts/plotSpec';
import type { ReadoutItem } from '../parts/readout';
import { StepPlot } from '../parts/stepPlot';
import type { Theme } from '../parts/theme';
import { lastKnown, trendOf } from '../parts/trend';
import type { StepChartProps } from './chartProps';
import { countedText, missingReason, passRateLines, reachTicks, seriesBasis, shareTicks, smoothingText, stepAxis, unvisitedText } from './figures';
import { StepReadout } from './stepReadout';

/** Competence over steps with the pass rate that it asks for and the one that was observed. */
export function CompetenceChart(props: StepChartProps): JSX.Element {
  const { state, theme, reach, cursor } = props;
  const { series } = state;
  const spec = useMemo(() => competenceSpec(state, theme, reach), [state, theme, reach]);
  const items = (index: number): readonly ReadoutItem[] => readoutItems(state, index);
  return (
    <ChartPanel
      id="competence"
      title="Competence and pass rate"
      hint={`Competence is minus the mean difficulty of ${countedText(state)}.${unvisitedText(state)} Sampling at difficulty D = competence C aims at a pass rate of 0.5 − C.`}
      basis={`${seriesBasis(state, series.step)}${smoothingText(state)} Correct: ${state.run.correctRule}.`}
      table={competenceTable(state)}
      tableOpen={props.tableOpen}
      onToggleTable={props.onToggleTable}
      missing={missingReason(state, [...series.competence, ...series.passRate])}
      legend={<StepReadout steps={series.step} cursor={cursor} items={items} />}
    >
      <StepPlot
        label={competenceLabel(state)}
        spec={spec}
        theme={theme}
        steps={series.step}
        cursor={cursor}
        marks={state.marks}
        describe={(index) => describeStep(state, index)}
        onOpenStep={props.onOpenStep}
      />
    </ChartPanel>
  );
}

function readoutItems({ series }: DashboardState, index: number): readonly ReadoutItem[] {
  return [
    { swatch: 'line competence', label: 'Competence', value: formatSigned(series.competence[index] ?? null) },
    { swatch: 'line passRate', label: 'Observed pass rate', value: formatPercent(series.passRate[index] ?? null) },
    { swatch: 'dash target', label: 'Target pass rate', value: formatPercent(series.targetPassRate[index] ?? null) },
  ];
}

function describeStep(state: DashboardState, index: number): string {
  const figures = readoutItems(state, index).map((item) => `${item.label} ${item.value}`);
  return `Step ${state.series.step[index] ?? 0}: ${figures.join(', ')}`;
}

function competenceSpec(state: DashboardState, theme: Theme, reach: number): PlotSpec {
  const { series, run, marks } = state;
  const decimated = series.step.length < run.steps;
  const spans = columnSpans(series.step, decimated);
  const line = (values: readonly (number | null)[], style: Omit<PlotLine, 'x' | 'y'>): PlotLine => ({ ...linePoints(series.step, values, decimated), ...style });
  return {
    x: stepAxis(spans),
    left: { min: -reach, max: reach, title: 'Competence', colour: theme.competence, ticks: reachTicks(reach), format: formatSigned },
    right: passRateAxis(theme),
    lines: [
      ...passRateLines(state, theme, 'right'),
      line(series.targetPassRate, { colour: theme.targetPassRate, widthPx: 1.75, dash: [5, 4], axis: 'right' }),
      line(series.competence, { colour: theme.competence, widthPx: 2.5 }),
    ],
    under: [],
    over: [markLayer(marks, theme)],
    topPx: marks.length > 0 ? 18 : 6,
  };
}

function passRateAxis(theme: Theme): PlotAxis {
  return { min: 0, max: 1, title: 'Pass rate', colour: theme.passRate, ticks: shareTicks, format: formatPercent };
}

function competenceLabel({ series }: DashboardState): string {
  const competence = formatSigned(lastKnown(series.competence));
  return (
    `Competence over steps ${series.step[0] ?? 0} to ${series.step.at(-1) ?? 0}: now ${competence}, ${trendOf(series.competence, 0.01)}. ` +
    `Observed pass rate ${formatPercent(lastKnown(series.passRate))}, ${trendOf(series.passRate, 0.02)}; target ${formatPercent(lastKnown(series.targetPassRate))}.`
  );
}

function competenceTable({ series }: DashboardState): TableData {
  const cells: readonly ((row: number) => string)[] = [
    (row) => formatStep(series.step[row] ?? null),
    (row) => formatSigned(series.competence[row] ?? null, 4),
    (row) => formatPercent(series.targetPassRate[row] ?? null, 1),
    (row) => formatPercent(series.passRate[row] ?? null, 1),
    (row) => formatCount(series.groups[row] ?? null),
    (row) => formatCount(series.rollouts[row] ?? null),
    (row) => formatCount(series.meanLengthChars[row] ?? null),
  ];
  return {
    caption: 'Competence and pass rate per step, newest first',
    columns: ['Step', 'Competence', 'Target pass rate', 'Observed pass rate', 'Groups', 'Rollouts', 'Length (chars)'],
    rows: series.step.length,
    cell: (row, column) => cells[column]?.(series.step.length - 1 - row) ?? '',
  };
}
