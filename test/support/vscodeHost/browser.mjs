// One Chromium with one page on the workbench, and what happens in it.
import { format } from 'node:util';
import { onEnd } from './cleanup.mjs';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a headless Chromium; `close()` ends it, as does the end of this process. */
export async function launchBrowser(executablePath) {
  // Imported late: this folder's other modules run before the project's dependencies are installed.
  const { chromium } = await import('playwright-core');
  const options = { executablePath, args: flags, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  const browser = await chromium.launch(options);
  const close = onEnd(() => browser.close());
  return { browser, close };
}

function watchViolations(page) {
  const violations = [];
  page.on('console', (message) => {
    const text = message.text();
    if (!text.includes('Content Security Policy')) return;
    const url = message.location().url;
    violations.push({ text, url, inWebview: url.includes('/webview/') });
  });
  return violations;
}

/**
 * Opens a workbench page that reports to `onLog(type, text)` what the extension host prints and to `onExit(code)` the end of
 * a test suite. Resolves `{page, violations, failed}`; `failed` rejects when the page crashes or is closed.
 */
export async function openPage(browser, { onLog, onExit, viewport = { width: 1440, height: 900 }, colorScheme = 'dark' }) {
  const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: 1 });
  const page = await context.newPage();
  await page.exposeFunction('codeAutomationLog', (type, args) => onLog?.(type, format(...args)));
  await page.exposeFunction('codeAutomationExit', (code) => onExit?.(code));
  const failed = new Promise((_resolve, reject) => {
    page.on('crash', () => reject(new Error('The page crashed.')));
    browser.on('disconnected', () => reject(new Error('The browser ended.')));
  });
  failed.catch(() => undefined);
  return { page, violations: watchViolations(page), failed };
}

/** Goes to the workbench and waits until it is drawn. */
export async function openWorkbench(page, url) {
  await page.goto(url, { timeout: 60_000 });
  await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
}
