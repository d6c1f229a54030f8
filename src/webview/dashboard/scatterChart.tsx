import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { DashboardState, DifficultyScatter } from '../../protocol/dashboard';
import { ChartPanel } from '../parts/chartPanel';
import type { TableData } from '../parts/dataTable';
import { formatCount, formatInterval, formatNumberOf, formatPercent, formatSigned } from '../parts/format';
import type { PlotSpec } from '../parts/plotSpec';
import { Readout } from '../parts/readout';
import type { Theme } from '../parts/theme';
import { lastKnown } from '../parts/trend';
import type { ChartProps } from './chartProps';
import { missingReason, reachTicks, shareTicks } from './figures';
import { competenceLayer, dotInterval, dotLayer, impliedCurve } from './scatterModel';
import { ScatterPlot } from './scatterPlot';

interface ScatterChartProps extends ChartProps {
  readonly selected: string | null;
  readonly onSelect: (problem: string) => void;
}

/** Each visited problem by its difficulty and observed pass rate, against the pass rate that the difficulty implies. */
export function ScatterChart(props: ScatterChartProps): JSX.Element {
  const { state, theme, reach, selected, onSelect } = props;
  const { scatter } = state;
  const competence = lastKnown(state.series.competence);
  const spec = useMemo(() => scatterSpec(state, theme, reach, selected), [state, theme, reach, selected]);
  return (
    <ChartPanel
      id="scatter"
      title="Difficulty and pass rate"
      hint="The line is the pass rate that a difficulty implies: σ(C − D) − D at competence C and difficulty D."
      basis={scatterBasis(scatter, reach)}
      table={scatterTable(scatter)}
      tableOpen={props.tableOpen}
      onToggleTable={props.onToggleTable}
      missing={missingReason(state, scatter.passRate)}
      legend={
        <Readout
          at={`C = ${formatSigned(competence)}`}
          items={[
            { swatch: 'dot', label: '2 or more visits (larger: more)', value: '' },
            { swatch: 'dot faint', label: '1 visit', value: '' },
            { swatch: 'line implied', label: 'Implied pass rate', value: '' },
          ]}
        />
      }
    >
      <ScatterPlot label={scatterLabel(scatter, competence)} spec={spec} theme={theme} scatter={scatter} selected={selected} onSelect={onSelect} />
    </ChartPanel>
  );
}

// Dots on the border stay whole.
const margin = 0.03;

function scatterSpec(state: DashboardState, theme: Theme, reach: number, selected: string | null): PlotSpec {
  const competence = lastKnown(state.series.competence);
  const curve = competence === null ? null : impliedCurve(competence, reach);
  return {
    x: { min: -reach - margin, max: reach + margin, title: 'Difficulty', ticks: reachTicks(reach), format: formatSigned },
    left: { min: -margin, max: 1 + margin, title: 'Observed pass rate', ticks: shareTicks, format: formatPercent },
    lines: curve
      ? [
          { ...curve, colour: theme.background, widthPx: 4 },
          { ...curve, colour: theme.foreground, widthPx: 1.75 },
        ]
      : [],
    under: [dotLayer(state.scatter, theme, selected)],
    over: competence === null ? [] : [competenceLayer(competence, theme)],
    topPx: 18,
  };
}

function scatterBasis(scatter: DifficultyScatter, reach: number): string {
  const shown = scatter.id.length;
  const which = shown < scatter.total ? `a sample of ${formatCount(shown)} of ${formatNumberOf(scatter.total, 'visited problem')}` : formatNumberOf(shown, 'visited problem');
  const rollouts = scatter.rollouts.reduce((sum, count) => sum + count, 0);
  const few = scatter.visits.filter((visits) => visits < 2).length;
  const outside = scatter.difficulty.filter((difficulty) => Math.abs(difficulty) > reach).length;
  const beyond = outside > 0 ? ` ${formatCount(outside)} lie beyond ±${reach}: widen the axes to see them.` : '';
  return `Rests on ${which} with ${formatNumberOf(rollouts, 'rollout')}; ${formatCount(few)} of them have fewer than 2 visits.${beyond}`;
}

function scatterLabel(scatter: DifficultyScatter, competence: number | null): string {
  const harder = competence === null ? null : scatter.difficulty.filter((difficulty) => difficulty > competence).length;
  return (
    `Difficulty against observed pass rate of ${formatNumberOf(scatter.id.length, 'problem')}. Competence ${formatSigned(competence)}: ` +
    `${formatCount(harder)} are harder, ${formatCount(harder === null ? null : scatter.id.length - harder)} easier.`
  );
}

function scatterTable(scatter: DifficultyScatter): TableData {
  const cells: readonly ((row: number) => string)[] = [
    (row) => scatter.id[row] ?? '',
    (row) => formatSigned(scatter.difficulty[row] ?? null, 4),
    (row) => formatPercent(scatter.passRate[row] ?? null, 1),
    (row) => formatInterval(dotInterval(scatter, row)),
    (row) => formatCount(scatter.visits[row] ?? null),
    (row) => formatCount(scatter.rollouts[row] ?? null),
  ];
  return {
    caption: 'Visited problems by difficulty and pass rate',
    columns: ['Problem', 'Difficulty', 'Pass rate', '95 % interval', 'Visits', 'Rollouts'],
    rows: scatter.id.length,
    cell: (row, column) => cells[column]?.(row) ?? '',
  };
}
