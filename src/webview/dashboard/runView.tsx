import type { JSX } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useMemo } from 'preact/hooks';
import type { DashboardState } from '../../protocol/dashboard';
import { StepCursor } from '../parts/stepCursor';
import type { Theme } from '../parts/theme';
import type { ChartProps } from './chartProps';
import { CompetenceChart } from './competenceChart';
import { GradientChart } from './gradientChart';
import { DashboardHeader } from './header';
import { HeatmapChart } from './heatmapChart';
import type { HostChannel } from './host';
import type { LayoutState, Place } from './layoutState';
import { MetricsPanel } from './metricsPanel';
import { Notices } from './notices';
import { useOpenedParts } from './openedParts';
import { ProblemCard } from './problemCard';
import { ProblemList } from './problemList';
import type { FetchPage } from './problemPages';
import { ScatterChart } from './scatterChart';
import { Stats } from './stats';
import { StepGroups } from './stepGroups';

/** What the dashboard of a run is drawn from. */
export interface RunViewProps {
  readonly state: DashboardState;
  readonly theme: Theme;
  readonly layout: LayoutState;
  readonly onLayout: (change: Partial<LayoutState>) => void;
  /** Changes where the person is in a run; one that is not shown any more has no place. */
  readonly onPlace: (run: string, change: Partial<Place>) => void;
  /** Draws these training metrics from now on. */
  readonly onMetrics: (names: readonly string[]) => void;
  readonly channel: HostChannel;
  readonly readOnlyReason: string | null;
}

/** The dashboard of one run. */
export function RunView({ state, theme, layout, onLayout, onPlace, onMetrics, channel, readOnlyReason }: RunViewProps): JSX.Element {
  const move = useCallback((change: Partial<Place>): void => onPlace(state.run.id, change), [onPlace, state.run.id]);
  usePageTop(layout.place.pageTop, move);
  const { problem: selected, step } = layout.place;
  const { asked, select, openStep, closeCard, closeGroups } = useOpenedParts(move);
  const fetchPage: FetchPage = useCallback((query) => channel.call('problems', query), [channel]);
  return (
    <div class={selected === null ? 'page' : 'page withCard'}>
      <main>
        <DashboardHeader state={state} />
        <Stats state={state} />
        <Notices state={state} readOnlyReason={readOnlyReason} />
        <Charts state={state} theme={theme} layout={layout} onLayout={onLayout} onMetrics={onMetrics} selected={selected} onSelect={select} onOpenStep={openStep} />
        {step !== null && (
          <StepGroups step={step} state={state} asked={asked} fetchGroups={(of) => channel.call('groups', { step: of })} onSelect={select} onClose={closeGroups} />
        )}
        <ProblemList
          state={state}
          order={layout.order}
          onOrder={(order) => onLayout({ order })}
          fetchPage={fetchPage}
          place={layout.place}
          onPlace={move}
          onSelect={select}
        />
      </main>
      {selected !== null && (
        <ProblemCard id={selected} state={state} fetchProblem={(id) => channel.call('problem', { id })} fetchChoice={(id) => channel.call('explain', { id })} onClose={closeCard} />
      )}
    </div>
  );
}

/** The page opens scrolled to where it was, and keeps how far it is scrolled. */
function usePageTop(pageTop: number, move: (change: Partial<Place>) => void): void {
  useLayoutEffect(() => window.scrollTo(0, pageTop), []);
  useEffect(() => {
    const onScrollEnd = (event: Event): void => {
      if (event.target === document) move({ pageTop: Math.round(window.scrollY) });
    };
    document.addEventListener('scrollend', onScrollEnd);
    return () => {
      document.removeEventListener('scrollend', onScrollEnd);
    };
  }, [move]);
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
    onToggleTable: () => onLayout({ tables: toggled(layout.tables, id) }),
  });
  return (
    <>
      <div class="chartTools">
        <fieldset class="axisChoice">
          <legend>Difficulty axes</legend>
          {([0.6, 1] as const).map((reach) => (
            <label key={reach}>
              <input type="radio" name="reach" checked={layout.reach === reach} onChange={() => onLayout({ reach })} />
              {`±${reach}`}
            </label>
          ))}
        </fieldset>
        <span>Click a step in a chart for its groups, a dot for its problem.</span>
      </div>
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
