import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { DashboardState, DifficultyHeatmap } from '../../protocol/dashboard';
import { ChartPanel } from '../parts/chartPanel';
import { columnSpans, linePoints } from '../parts/columns';
import type { TableData } from '../parts/dataTable';
import { formatCount, formatNumberOf, formatSigned, formatStep } from '../parts/format';
import { heatLayer, markLayer, maxCount } from '../parts/layers';
import type { PlotSpec } from '../parts/plotSpec';
import type { ReadoutItem } from '../parts/readout';
import { StepPlot } from '../parts/stepPlot';
import type { Theme } from '../parts/theme';
import { lastKnown, trendOf } from '../parts/trend';
import type { StepChartProps } from './chartProps';
import { missingReason, reachTicks, seriesBasis, stepAxis } from './figures';
import { StepReadout } from './stepReadout';

/** How the difficulties of the visited problems spread over the steps, with competence on top. */
export function HeatmapChart(props: StepChartProps): JSX.Element {
  const { state, theme, reach, cursor } = props;
  const { heatmap } = state;
  const spec = useMemo(() => heatmapSpec(state, theme, reach), [state, theme, reach]);
  const table = useMemo(() => heatmapTable(heatmap), [heatmap]);
  const fullest = useMemo(() => maxCount(heatmap.counts), [heatmap]);
  const items = (index: number): readonly ReadoutItem[] => readoutItems(heatmap, index);
  return (
    <ChartPanel
      id="heatmap"
      title="Difficulty over steps"
      hint="How many visited problems stand at each difficulty; sampling stays near the competence line."
      basis={`${seriesBasis(state, heatmap.steps)} Colour grows with the square root of the count. ${outsideText(heatmap, reach)}`}
      table={table}
      tableOpen={props.tableOpen}
      onToggleTable={props.onToggleTable}
      missing={missingReason(state, fullest === 0 ? [] : heatmap.counts)}
      legend={
        <>
          <StepReadout steps={heatmap.steps} cursor={cursor} items={items} />
          <HeatLegend fullest={fullest} />
        </>
      }
    >
      <StepPlot
        label={heatmapLabel(heatmap)}
        spec={spec}
        theme={theme}
        steps={heatmap.steps}
        cursor={cursor}
        marks={state.marks}
        describe={(index) => `Step ${heatmap.steps[index] ?? 0}: ${items(index).map((item) => `${item.label} ${item.value}`).join(', ')}`}
        onOpenStep={props.onOpenStep}
      />
    </ChartPanel>
  );
}

function HeatLegend({ fullest }: { readonly fullest: number }): JSX.Element {
  return (
    <div class="heatLegend" aria-label={`Colour scale: from 1 to ${fullest} problems per cell`} role="img">
      <span>Problems per cell</span>
      <span class="heatEnd">1</span>
      <i class="heatScale" />
      <span class="heatEnd">{formatCount(fullest)}</span>
    </div>
  );
}

/** Problems per band of one column; bin 0 is the easiest. */
function columnCounts(heatmap: DifficultyHeatmap, column: number): readonly number[] {
  const bins = heatmap.edges.length - 1;
  return heatmap.counts.slice(column * bins, (column + 1) * bins);
}

/** The visited problems of a column on either side of competence. A band that competence cuts counts by its middle. */
function sides(heatmap: DifficultyHeatmap, column: number): { readonly easier: number; readonly harder: number } | null {
  const competence = heatmap.competence[column] ?? null;
  if (competence === null) return null;
  let harder = 0;
  let all = 0;
  columnCounts(heatmap, column).forEach((count, bin) => {
    const middle = ((heatmap.edges[bin] ?? 0) + (heatmap.edges[bin + 1] ?? 0)) / 2;
    all += count;
    if (middle > competence) harder += count;
  });
  return { harder, easier: all - harder };
}

function readoutItems(heatmap: DifficultyHeatmap, index: number): readonly ReadoutItem[] {
  const counted = sides(heatmap, index);
  return [
    { swatch: 'line competence', label: 'Competence', value: formatSigned(heatmap.competence[index] ?? null) },
    { swatch: null, label: 'Harder than C', value: formatCount(counted?.harder ?? null) },
    { swatch: null, label: 'Easier', value: formatCount(counted?.easier ?? null) },
  ];
}

function outsideText(heatmap: DifficultyHeatmap, reach: number): string {
  const outside = columnCounts(heatmap, heatmap.steps.length - 1).reduce((sum, count, bin) => {
    const inside = (heatmap.edges[bin] ?? 0) < reach - 1e-9 && (heatmap.edges[bin + 1] ?? 0) > -reach + 1e-9;
    return inside ? sum : sum + count;
  }, 0);
  return outside > 0 ? `${formatNumberOf(outside, 'problem')} of the last step lie beyond ±${reach}: widen the axes to see them.` : '';
}

function heatmapSpec({ heatmap, series, run, marks }: DashboardState, theme: Theme, reach: number): PlotSpec {
  const decimated = heatmap.steps.length < run.steps;
  const spans = columnSpans(heatmap.steps, decimated);
  const competence = linePoints(heatmap.steps, heatmap.competence, decimated);
  return {
    x: stepAxis(columnSpans(series.step, series.step.length < run.steps)),
    left: { min: -reach, max: reach, title: 'Difficulty (harder ↑)', ticks: reachTicks(reach), format: formatSigned },
    lines: [
      { ...competence, colour: theme.background, widthPx: 5 },
      { ...competence, colour: theme.competence, widthPx: 2.5 },
    ],
    under: [heatLayer(heatmap, spans, theme)],
    over: [markLayer(marks, theme)],
    topPx: marks.length > 0 ? 18 : 6,
  };
}

function heatmapLabel(heatmap: DifficultyHeatmap): string {
  const visited = columnCounts(heatmap, heatmap.steps.length - 1).reduce((sum, count) => sum + count, 0);
  const competence = formatSigned(lastKnown(heatmap.competence));
  return (
    `Difficulty over steps ${heatmap.steps[0] ?? 0} to ${heatmap.steps.at(-1) ?? 0} as a heat map of ${formatNumberOf(visited, 'visited problem')}; ` +
    `competence now ${competence}, ${trendOf(heatmap.competence, 0.01)}.`
  );
}

function heatmapTable(heatmap: DifficultyHeatmap): TableData {
  const bins = heatmap.edges.length - 1;
  const filled = new Set(heatmap.counts.flatMap((count, cell) => (count > 0 ? [cell % bins] : [])));
  const bands = Array.from({ length: Math.max(0, bins) }, (_, bin) => bin).filter((bin) => filled.has(bin));
  const bandName = (bin: number): string => `${formatSigned(heatmap.edges[bin] ?? 0)} to ${formatSigned(heatmap.edges[bin + 1] ?? 0)}`;
  return {
    caption: 'Visited problems per difficulty band and step, newest first; bands that are always empty are left out',
    columns: ['Step', 'Competence', ...bands.map(bandName)],
    rows: heatmap.steps.length,
    cell: (row, column) => {
      const index = heatmap.steps.length - 1 - row;
      if (column === 0) return formatStep(heatmap.steps[index] ?? null);
      if (column === 1) return formatSigned(heatmap.competence[index] ?? null, 4);
      return formatCount(heatmap.counts[index * bins + (bands[column - 2] ?? 0)] ?? null);
    },
  };
}
