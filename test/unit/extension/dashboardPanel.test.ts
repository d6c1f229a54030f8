import assert from 'node:assert/strict';
import { DashboardPanel, type PanelSources } from '../../../src/extension/dashboard/dashboardPanel';
import { run } from './runs';

const shown = run({ id: 'r' });

/** A panel as VS Code makes it: once it is closed, it throws at whoever touches it. */
class FakePanel {
  isClosed = false;
  isVisible = true;
  touchedAfterwards = 0;
  readonly posted: unknown[] = [];
  private name = '';
  private toldVisibility: () => void = () => undefined;
  private receive: (message: unknown) => void = () => undefined;
  readonly webview = {
    postMessage: (message: unknown) => Promise.resolve(this.posted.push(message) > 0),
    onDidReceiveMessage: (listener: (message: unknown) => void) => {
      this.receive = listener;
      return { dispose: () => (this.receive = () => undefined) };
    },
  };

  get visible(): boolean {
    this.refuseIfClosed();
    return this.isVisible;
  }

  get title(): string {
    return this.name;
  }

  set title(text: string) {
    this.refuseIfClosed();
    this.name = text;
  }

  onDidChangeViewState(listener: () => void): { dispose(): void } {
    this.toldVisibility = listener;
    return { dispose: () => (this.toldVisibility = () => undefined) };
  }

  show(visible: boolean): void {
    this.isVisible = visible;
    this.toldVisibility();
  }

  /** The page's first words. */
  ready(): void {
    this.receive({ kind: 'call', id: 1, method: 'ready', params: { widthPx: 800, metrics: null } });
  }

  /** How many states have been sent. */
  get states(): number {
    return this.posted.filter((message) => typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'event').length;
  }

  private refuseIfClosed(): void {
    if (!this.isClosed) return;
    this.touchedAfterwards += 1;
    throw new Error('Webview is disposed');
  }
}

describe('a dashboard', () => {
  let panel: FakePanel;
  let dashboard: DashboardPanel;
  let answers: (() => void)[];

  beforeEach(() => {
    panel = new FakePanel();
    answers = [];
    const sources: PanelSources = {
      engine: { call: () => new Promise<never>((resolve) => answers.push(() => resolve({} as never))), on: () => ({ dispose: () => undefined }) },
      runs: { runs: [shown], active: shown, find: () => shown },
      log: { info: () => undefined, warn: () => undefined, error: (error) => assert.fail(String(error)) },
      execute: () => Promise.resolve(undefined),
      readOnlyReason: () => null,
    };
    // Only what is faked above is used.
    dashboard = new DashboardPanel(panel as unknown as ConstructorParameters<typeof DashboardPanel>[0], 'r', sources);
  });

  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('sends a state once its page is ready, and bears the name of its run', async () => {
    panel.ready();
    await settled();
    answers.forEach((answer) => answer());
    await settled();
    assert.deepEqual([panel.states, panel.title], [1, 'CDAS: qwen']);
  });

  it('that is closed while a state is made is not touched any more', async () => {
    panel.ready();
    await settled();
    panel.isClosed = true;
    dashboard.dispose();
    answers.forEach((answer) => answer());
    await settled();
    assert.deepEqual([answers.length, panel.states, panel.touchedAfterwards], [1, 0, 0]);
  });

  it('that is hidden while a state is made asks anew when it is shown', async () => {
    panel.ready();
    await settled();
    panel.show(false);
    answers.forEach((answer) => answer());
    await settled();
    assert.equal(panel.states, 0);
    panel.show(true);
    panel.ready();
    await settled();
    answers.slice(1).forEach((answer) => answer());
    await settled();
    assert.equal(panel.states, 1);
  });
});
