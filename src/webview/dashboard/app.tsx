import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { DashboardIntent, DashboardView } from '../../protocol/dashboardMessages';
import { readTheme, watchTheme } from '../parts/theme';
import type { VsCodeApi } from '../parts/vscodeApi';
import { EmptyView, WaitingView } from './emptyView';
import type { DashboardActions, HostChannel } from './host';
import { ActionsProvider, failureText } from './host';
import type { LayoutState } from './layoutState';
import { readLayout } from './layoutState';
import { FailureNotice } from './notices';
import { RunView } from './runView';
import { useWidthReport } from './widthReport';

const readOnlyText = 'This workspace is in Restricted Mode, so decisions cannot be written. Trust the workspace to pin, exclude, relabel or undo.';

interface AppProps {
  readonly api: VsCodeApi;
  readonly channel: HostChannel;
}

/** The whole page: whatever the extension last sent. */
export function App({ api, channel }: AppProps): JSX.Element {
  const [view, setView] = useState<DashboardView | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [layout, onLayout] = useLayout(api);
  const theme = useTheme();
  const readOnlyReason = view?.kind === 'run' && !view.canWrite ? readOnlyText : null;
  const actions = useMemo<DashboardActions>(
    () => ({ readOnlyReason, act: (intent) => act(channel, intent, setFailure) }),
    [channel, readOnlyReason],
  );
  // Listening comes before asking: the host may answer at once.
  useEffect(() => channel.on('state', setView), [channel]);
  useWidthReport(channel, layout.metrics, setFailure);
  const showMetrics = (metrics: readonly string[]): void => {
    onLayout({ ...layout, metrics });
    channel.call('showMetrics', { names: metrics }).catch((error: unknown) => setFailure(failureText(error)));
  };
  return (
    <ActionsProvider value={actions}>
      {failure !== null && <FailureNotice text={failure} onDismiss={() => setFailure(null)} />}
      {view === null && <WaitingView />}
      {view?.kind === 'empty' && <EmptyView message={view.message} runs={view.runs} />}
      {view?.kind === 'run' && (
        <RunView state={view.state} theme={theme} layout={layout} onLayout={onLayout} onMetrics={showMetrics} channel={channel} readOnlyReason={readOnlyReason} />
      )}
    </ActionsProvider>
  );
}

async function act(channel: HostChannel, intent: DashboardIntent, onFailure: (text: string | null) => void): Promise<void> {
  try {
    await channel.call('intent', intent);
    onFailure(null);
  } catch (error) {
    onFailure(failureText(error));
  }
}

function useLayout(api: VsCodeApi): readonly [LayoutState, (layout: LayoutState) => void] {
  const [layout, setLayout] = useState(() => readLayout(api.getState()));
  const keep = (next: LayoutState): void => {
    setLayout(next);
    api.setState(next);
  };
  return [layout, keep];
}

function useTheme(): ReturnType<typeof readTheme> {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => watchTheme(() => setTheme(readTheme())), []);
  return theme;
}
