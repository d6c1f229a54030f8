import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import type { DashboardState } from '../../protocol/dashboard';
import { StepCursor } from '../parts/stepCursor';
import type { Theme } from '../parts/theme';
import type { ChartProps } from './chartProps';
import { CompetenceChart } from './competenceChart';
import { GradientChart } from './gradientChart';
import { DashboardHeader } from './header';
import { HeatmapChart } from './heatmapChart';
import type { HostChannel } from './host';
import type { LayoutState } from './layoutState';
import { MetricsPanel } from './metricsPanel';
import { Notices } from './notices';
import { ProblemCard } from './problemCard';
import { ProblemList } from './problemList';
import type { FetchPage } from './problemPages';
import { ScatterChart } from './scatterChart';
import { Stats } from './stats';
import { StepGroups } from './stepGroups';

interface RunViewProps {
  readonly state: DashboardState;
  readonly theme: Theme;
  readonly layout: LayoutState;
  readonly onLayout: (layout: LayoutState) => void;
  /** Draws these training metrics from now on. */
  readonly onMetrics: (names: readonly string[]) => void;
  readonly channel: HostChannel;
  readonly readOnlyReason: string | null;
}

/** The dashboard of one run. */
export function RunView({ state, theme, layout, onLayout, onMetrics, channel, readOnlyReason }: RunViewProps): JSX.Element {
  const [selected, select] = useState<string | null>(null);
  const [step, openStep] = useState<number | null>(null);
  useEffect(() => {
    select(null);
    openStep(null);
  }, [state.run.id]);
  const fetchPage: FetchPage = useCallback((query) => channel.call('problems', query), [channel]);
  return (
    <div class={selected === null ? 'page' : 'page withCard'}>
      <main>
        <DashboardHeader state={state} />
        <Stats state={state} />
        <Notices state={state} readOnlyReason={readOnlyReason} />
        <Charts state={state} theme={theme} layout={layout} onLayout={onLayout} onMetrics={onMetrics} selected={selected} onSelect={select} onOpenStep={openStep} />
        {step !== null && (
          <StepGroups step={step} state={state} fetchGroups={(of) => channel.call('groups', { step: of })} onSelect={select} onClose={() => openStep(null)} />
        )}
        <ProblemList
          state={state}
          order={layout.order}
          onOrder={(order) => onLayout({ ...layout, order })}
          fetchPage={fetchPage}
          selected={selected}
          onSelect={select}
        />
      </main>
      {selected !== null && (
        <ProblemCard id={selected} state={state} fetchProblem={(id) => channel.call('problem', { id })} fetchChoice={(id) => channel.call('explain', { id })} onClose={() => select(null)} />
      )}
    </div>
  );
}

interface ChartsProps extends Pick<RunViewProps, 'state' | 'theme' | 'layout' | 'onLayout' | 'onMetrics'> {
  readonly selected: string | null;
  readonly onSelect: (problem: string) => void;
  readonly onOpenStep: (step: number) => void;
}

function Charts({ state, theme, layout, onLayout, onMetrics, selected, onSelect, onOpenStep }: ChartsProps): JSX.Element {
  const cursor = useMemo(() => new StepCursor(), []);
  const chart = (id: string): ChartProps => ({
    state,
    theme,
    reach: layout.reach,
    tableOpen: layout.tables.includes(id),
    onToggleTable: () => onLayout({ ...layout, tables: toggled(layout.tables, id) }),
  });
  return (
    <>
      <fieldset class="axisChoice">
        <legend>Difficulty axes</legend>
        {([0.6, 1] as const).map((reach) => (
          <label key={reach}>
            <input type="radio" name="reach" checked={layout.reach === reach} onChange={() => onLayout({ ...layout, reach })} />
            {`±${reach}`}
          </label>
        ))}
      </fieldset>
      <div class="charts">
        <CompetenceChart {...chart('competence')} cursor={cursor} onOpenStep={onOpenStep} />
        <GradientChart {...chart('gradient')} cursor={cursor} onOpenStep={onOpenStep} />
        <HeatmapChart {...chart('heatmap')} cursor={cursor} onOpenStep={onOpenStep} />
        <ScatterChart {...chart('scatter')} selected={selected} onSelect={onSelect} />
        <MetricsPanel {...chart('metrics')} cursor={cursor} onOpenStep={onOpenStep} onMetrics={onMetrics} />
      </div>
    </>
  );
}

function toggled(ids: readonly string[], id: string): readonly string[] {
  return ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id];
}
