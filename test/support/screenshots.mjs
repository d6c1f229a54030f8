// npm run screenshots: writes media/screenshots/ anew: the dashboard and the annotated dataset of a demo run, in a dark and
// in a light theme.
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeDemoWorkspace } from './integrationRun.mjs';
import { buildBundles, ensureDependencies, requireNode } from './prepare.mjs';
import { runToEnd } from './vscodeHost/cleanup.mjs';
import { projectRoot } from './vscodeHost/paths.mjs';
import { openFile, openWindow, runCommand, waitForWebview } from './window.mjs';

const STEPS = 80;
const SETTLE_MS = 1500;
const folder = join(projectRoot, 'media/screenshots');
const themes = { dark: 'Dark Modern', light: 'Light Modern' };

async function shoot(page, name) {
  await page.mouse.move(720, 899);
  await page.waitForTimeout(SETTLE_MS);
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path });
  console.log(`${path} (${Math.round(statSync(path).size / 1024)} kB)`);
}

async function shootTheme(workspace, colorScheme) {
  const settings = { 'workbench.colorTheme': themes[colorScheme], 'window.commandCenter': false, 'editor.minimap.enabled': false };
  const window = await openWindow({ folder: workspace, settings, colorScheme });
  const { page } = window;
  await runCommand(page, 'CDAS: Focus on Runs View');
  await page.locator('.part.sidebar [role="treeitem"]').first().click();
  await runCommand(page, 'CDAS: Open Dashboard');
  await (await waitForWebview(page, '#competence canvas')).locator('#competence canvas').waitFor();
  await shoot(page, `dashboard-${colorScheme}`);
  await openFile(page, 'train.jsonl');
  await page.locator('.view-line span[class*="ced-"]').first().waitFor({ state: 'attached' });
  await shoot(page, `dataset-${colorScheme}`);
  await window.close();
}

runToEnd(async () => {
  requireNode();
  await ensureDependencies();
  await buildBundles();
  mkdirSync(folder, { recursive: true });
  const { folder: workspace } = await makeDemoWorkspace(STEPS);
  for (const colorScheme of Object.keys(themes)) await shootTheme(workspace, colorScheme);
});
