import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { DashboardState } from '../../protocol/dashboard';
import { ChartPanel } from '../parts/chartPanel';
import { columnSpans } from '../parts/columns';
import type { TableData } from '../parts/dataTable';
import { formatCount, formatPercent, formatStep } from '../parts/format';
import { markLayer, stackLayer } from '../parts/layers';
import type { PlotSpec } from '../parts/plotSpec';
import type { ReadoutItem } from '../parts/readout';
import { StepPlot } from '../parts/stepPlot';
import type { Theme } from '../parts/theme';
import { lastKnown, trendOf } from '../parts/trend';
import type { StepChartProps } from './chartProps';
import { missingReason, passRateLines, seriesBasis, shareTicks, smoothingText, stepAxis } from './figures';
import type { GroupShares } from './groupShares';
import { groupShares } from './groupShares';
import { StepReadout } from './stepReadout';

/** Shares of the groups of each step that pass wholly, in part and not at all, with the pass rate. */
export function GradientChart(props: StepChartProps): JSX.Element {
  const { state, theme, cursor } = props;
  const { series } = state;
  const shares = useMemo(() => groupShares(state), [state]);
  const spec = useMemo(() => gradientSpec(state, shares, theme), [state, shares, theme]);
  const items = (index: number): readonly ReadoutItem[] => readoutItems(state, shares, index);
  return (
    <ChartPanel
      id="gradient"
      title="Zero-gradient groups"
      hint="Groups whose rollouts all pass or all fail give no gradient; only mixed groups do."
      basis={`${seriesBasis(state, series.step)}${smoothingText(state)} Shares are of the groups with scored rollouts. Correct: ${state.run.correctRule}.`}
      table={gradientTable(state, shares)}
      tableOpen={props.tableOpen}
      onToggleTable={props.onToggleTable}
      missing={missingReason(state, [...shares.mixed, ...series.passRate])}
      legend={<StepReadout steps={series.step} cursor={cursor} items={items} />}
    >
      <StepPlot
        label={gradientLabel(state, shares)}
        spec={spec}
        theme={theme}
        steps={series.step}
        cursor={cursor}
        marks={state.marks}
        describe={(index) => `Step ${series.step[index] ?? 0}: ${items(index).map((item) => `${item.label} ${item.value}`).join(', ')}`}
        onOpenStep={props.onOpenStep}
      />
    </ChartPanel>
  );
}

function readoutItems({ series }: DashboardState, shares: GroupShares, index: number): readonly ReadoutItem[] {
  return [
    { swatch: 'area allFail', label: 'All fail', value: formatPercent(shares.allFail[index] ?? null) },
    { swatch: 'area mixed', label: 'Mixed', value: formatPercent(shares.mixed[index] ?? null) },
    { swatch: 'area allPass', label: 'All pass', value: formatPercent(shares.allPass[index] ?? null) },
    { swatch: null, label: 'Zero gradient', value: formatPercent(shares.zeroGradient[index] ?? null) },
    { swatch: 'line passRate', label: 'Pass rate', value: formatPercent(series.passRate[index] ?? null) },
  ];
}

function gradientSpec(state: DashboardState, shares: GroupShares, theme: Theme): PlotSpec {
  const { series, run, marks } = state;
  const decimated = series.step.length < run.steps;
  const spans = columnSpans(series.step, decimated);
  return {
    x: stepAxis(spans),
    left: { min: 0, max: 1, title: 'Share of groups, pass rate', ticks: shareTicks, format: formatPercent },
    lines: passRateLines(state, theme),
    // All-pass at the bottom: the pass rate then always runs inside the mixed band.
    under: [stackLayer([shares.allPass, shares.mixed, shares.allFail], [theme.allPass, theme.mixed, theme.allFail], spans)],
    over: [markLayer(marks, theme)],
    topPx: marks.length > 0 ? 18 : 6,
  };
}

function gradientLabel({ series }: DashboardState, shares: GroupShares): string {
  return (
    `Shares of groups over steps ${series.step[0] ?? 0} to ${series.step.at(-1) ?? 0}: zero-gradient share now ` +
    `${formatPercent(lastKnown(shares.zeroGradient))}, ${trendOf(shares.zeroGradient, 0.02)}; all pass ${formatPercent(lastKnown(shares.allPass))}, ` +
    `mixed ${formatPercent(lastKnown(shares.mixed))}, all fail ${formatPercent(lastKnown(shares.allFail))}; ` +
    `pass rate ${formatPercent(lastKnown(series.passRate))}, ${trendOf(series.passRate, 0.02)}.`
  );
}

function gradientTable({ series }: DashboardState, shares: GroupShares): TableData {
  const cells: readonly ((row: number) => string)[] = [
    (row) => formatStep(series.step[row] ?? null),
    (row) => formatPercent(series.passRate[row] ?? null, 1),
    (row) => formatPercent(shares.zeroGradient[row] ?? null, 1),
    (row) => formatCount(series.allPass[row] ?? null),
    (row) => formatCount(series.mixed[row] ?? null),
    (row) => formatCount(series.allFail[row] ?? null),
    (row) => formatCount(series.groups[row] ?? null),
  ];
  return {
    caption: 'Groups per step by outcome, newest first',
    columns: ['Step', 'Pass rate', 'Zero-gradient share', 'All pass', 'Mixed', 'All fail', 'Groups'],
    rows: series.step.length,
    cell: (row, column) => cells[column]?.(series.step.length - 1 - row) ?? '',
  };
}
