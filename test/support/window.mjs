// A VS Code window with this extension, worked from outside as a person does: for screenshots and for what a suite inside
// the extension host cannot see, such as its own end.
import { launchBrowser, openPage, openWorkbench } from './vscodeHost/browser.mjs';
import { ensureChromium } from './vscodeHost/chromium.mjs';
import { ensureHost } from './vscodeHost/install.mjs';
import { projectRoot } from './vscodeHost/paths.mjs';
import { startServer, workbenchUrl } from './vscodeHost/server.mjs';

const FRAME_TIMEOUT_MS = 30_000;

async function findFrame(page, selector) {
  for (const frame of page.frames().filter((each) => each.url().includes('/webview/browser/pre/')).reverse()) {
    if ((await frame.locator(selector).count().catch(() => 0)) > 0) return frame;
  }
  return undefined;
}

/** The webview frame that shows `selector`, waited for. */
export async function waitForWebview(page, selector) {
  const end = Date.now() + FRAME_TIMEOUT_MS;
  while (Date.now() < end) {
    const frame = await findFrame(page, selector);
    if (frame !== undefined) return frame;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`No webview showed ${selector} within ${FRAME_TIMEOUT_MS / 1000} s.`);
}

// The list does not take in what is contributed after it was opened, so it is opened anew until the entry is there.
async function choose(page, query, text) {
  const input = page.locator('.quick-input-widget input').first();
  const entry = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first();
  for (let attempt = 1; ; attempt++) {
    await page.keyboard.press('F1');
    await input.fill(query);
    try {
      await entry.waitFor({ timeout: 2000 });
      return await page.keyboard.press('Enter');
    } catch (error) {
      if (attempt === 10) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** Runs a command by its title in the palette. */
export function runCommand(page, title) {
  return choose(page, `>${title}`, title);
}

/** Opens a file of the workspace by its name. */
export async function openFile(page, name) {
  await choose(page, name, name);
  await page.locator('.monaco-editor .view-line').first().waitFor();
}

/** Opens `folder` with the extension installed, at the viewport and in the colour scheme given; `close()` ends the browser and the server. */
export async function openWindow({ folder, settings, ...look }) {
  const host = await ensureHost();
  const server = await startServer(host, { settings, extension: projectRoot });
  const { browser, close: closeBrowser } = await launchBrowser(await ensureChromium());
  const { page, violations } = await openPage(browser, look);
  await openWorkbench(page, workbenchUrl({ ...server, folder }));
  const close = async () => {
    await closeBrowser();
    await server.stop();
  };
  return { page, violations, close };
}
