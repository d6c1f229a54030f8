import type { JSX } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { DashboardIntent, DashboardView } from '../../protocol/dashboardMessages';
import { readTheme, watchTheme } from '../parts/theme';
import type { VsCodeApi } from '../parts/vscodeApi';
import { EmptyView, WaitingView } from './emptyView';
import type { DashboardActions, HostChannel } from './host';
import { ActionsProvider, failureText } from './host';
import type { LayoutState } from './layoutState';
import { firstPlace, readLayout } from './layoutState';
import { FailureNotice } from './notices';
import type { RunViewProps } from './runView';
import { RunView } from './runView';
import { useWidthReport } from './widthReport';

interface AppProps {
  readonly api: VsCodeApi;
  readonly channel: HostChannel;
}

/** The whole page: whatever the extension last sent. */
export function App({ api, channel }: AppProps): JSX.Element {
  const [view, setView] = useState<DashboardView | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [layout, onLayout, onPlace] = useLayout(api);
  const theme = useTheme();
  useRunOfLayout(view?.kind === 'run' ? view.state.run.id : null, layout, onLayout);
  const readOnlyReason = view?.kind === 'run' ? view.readOnlyReason : null;
  const actions = useMemo<DashboardActions>(
    () => ({ readOnlyReason, act: (intent) => act(channel, intent, setFailure) }),
    [channel, readOnlyReason],
  );
  // Listening comes before asking: the host may answer at once.
  useEffect(() => channel.on('state', setView), [channel]);
  useWidthReport(channel, layout.metrics, setFailure);
  const showMetrics = (metrics: readonly string[]): void => {
    onLayout({ metrics });
    channel.call('showMetrics', { names: metrics }).catch((error: unknown) => setFailure(failureText(error)));
  };
  return (
    <ActionsProvider value={actions}>
      {failure !== null && <FailureNotice text={failure} onDismiss={() => setFailure(null)} />}
      <ShownView view={view} theme={theme} layout={layout} onLayout={onLayout} onPlace={onPlace} onMetrics={showMetrics} channel={channel} readOnlyReason={readOnlyReason} />
    </ActionsProvider>
  );
}

type ShownViewProps = Omit<RunViewProps, 'state'> & { readonly view: DashboardView | null };

function ShownView({ view, ...rest }: ShownViewProps): JSX.Element | null {
  if (view === null) return <WaitingView />;
  if (view.kind === 'empty') return <EmptyView message={view.message} runs={view.runs} />;
  const { id } = view.state.run;
  // The layout is that of the run before until it has been told of this one.
  return id === rest.layout.run ? <RunView key={id} state={view.state} {...rest} /> : null;
}

async function act(channel: HostChannel, intent: DashboardIntent, onFailure: (text: string | null) => void): Promise<void> {
  try {
    await channel.call('intent', intent);
    onFailure(null);
  } catch (error) {
    onFailure(failureText(error));
  }
}

/** The layout, and how to change parts of it and of the place: several may change before the page is drawn again. */
function useLayout(api: VsCodeApi): readonly [LayoutState, RunViewProps['onLayout'], RunViewProps['onPlace']] {
  const [layout, setLayout] = useState(() => readLayout(api.getState()));
  const newest = useRef(layout);
  const change = useCallback((part: Partial<LayoutState>): void => {
    newest.current = { ...newest.current, ...part };
    setLayout(newest.current);
    api.setState(newest.current);
  }, [api]);
  const move = useCallback<RunViewProps['onPlace']>((run, part) => {
    const { run: shown, place } = newest.current;
    if (run === shown) change({ place: { ...place, ...part } });
  }, [change]);
  return [layout, change, move];
}

/** Every run has its own place; one that was kept by a page without a name of its run is taken to be this run's. */
function useRunOfLayout(run: string | null, layout: LayoutState, onLayout: (change: Partial<LayoutState>) => void): void {
  useLayoutEffect(() => {
    if (run === null || run === layout.run) return;
    onLayout(layout.run === null ? { run } : { run, place: firstPlace });
  }, [run, layout.run]);
}

function useTheme(): ReturnType<typeof readTheme> {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => watchTheme(() => setTheme(readTheme())), []);
  return theme;
}
