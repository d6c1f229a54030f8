// npm run screenshots: writes media/screenshots/ anew: the dashboard and the annotated dataset of a demo run, in a dark and
// in a light theme.
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decideOnTopRows } from './demoDecisions.mjs';
import { makeDemoWorkspace, trainDemo } from './demoRun.mjs';
import { buildBundles, ensureDependencies, requireNode } from './prepare.mjs';
import { runToEnd } from './vscodeHost/cleanup.mjs';
import { projectRoot } from './vscodeHost/paths.mjs';
import { openFile, openWindow, runCommand, waitForWebview } from './window.mjs';

const STEPS_BEFORE_DECISIONS = 50;
const STEPS_AFTER = 30;
const SEED = 1;
const SETTLE_MS = 1500;
const folder = join(projectRoot, 'media/screenshots');
const themes = { dark: 'Dark Modern', light: 'Light Modern' };
const plain = {
  'window.commandCenter': false,
  'window.title': 'CDAS Lens: ${rootName}',
  'editor.minimap.enabled': false,
};

async function shoot(page, name) {
  // Out of every chart's way: a pointer on one marks its step on all of them.
  await page.mouse.move(0, 0);
  await page.waitForTimeout(SETTLE_MS);
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path });
  console.log(`${path} (${Math.round(statSync(path).size / 1024)} kB)`);
}

async function openRuns(page) {
  await runCommand(page, 'CDAS: Focus on Runs View');
  await page.locator('.part.sidebar [role="treeitem"]').first().click();
}

async function shootDashboard(page, name) {
  await openRuns(page);
  await runCommand(page, 'CDAS: Open Dashboard');
  await (await waitForWebview(page, '#competence canvas')).locator('#competence canvas').waitFor();
  await shoot(page, name);
}

async function shootDataset(page, name) {
  await openRuns(page);
  await openFile(page, 'train.jsonl');
  await page.locator('.view-line span[class*="ced-"]').first().waitFor({ state: 'attached' });
  await shoot(page, name);
}

const pictures = {
  // Large enough for all four charts.
  dashboard: { take: shootDashboard, viewport: { width: 1600, height: 1130 } },
  dataset: { take: shootDataset, viewport: { width: 1440, height: 900 } },
};

async function shootTheme(workspace, colorScheme) {
  const settings = { ...plain, 'workbench.colorTheme': themes[colorScheme] };
  for (const [name, { take, viewport }] of Object.entries(pictures)) {
    const window = await openWindow({ folder: workspace, settings, colorScheme, viewport });
    await take(window.page, `${name}-${colorScheme}`);
    await window.close();
  }
}

runToEnd(async () => {
  requireNode();
  await ensureDependencies();
  await buildBundles();
  mkdirSync(folder, { recursive: true });
  const { folder: workspace } = await makeDemoWorkspace(STEPS_BEFORE_DECISIONS, SEED);
  decideOnTopRows(workspace);
  await trainDemo(workspace, STEPS_AFTER);
  for (const colorScheme of Object.keys(themes)) await shootTheme(workspace, colorScheme);
});
