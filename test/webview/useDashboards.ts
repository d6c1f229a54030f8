import assert from 'node:assert/strict';
import { DashboardBrowser, type OpenDashboard, type PageOptions } from './dashboardPage';

/** Starts a browser for the tests of a suite; returns how they open dashboards. Those that a test opened must have had nothing to complain of, and are closed after it. */
export function useDashboards(): (options?: PageOptions) => Promise<OpenDashboard> {
  let browser: DashboardBrowser;
  let opened: OpenDashboard[] = [];
  before(async function () {
    this.timeout(60_000);
    browser = await DashboardBrowser.launch();
  });
  after(() => browser.close());
  afterEach(async () => {
    const dashboards = opened;
    opened = [];
    await Promise.all(dashboards.map((dashboard) => dashboard.close()));
    assert.deepEqual(dashboards.flatMap(({ complaints }) => complaints), []);
  });
  return async (options) => {
    const dashboard = await browser.open(options);
    opened.push(dashboard);
    return dashboard;
  };
}
