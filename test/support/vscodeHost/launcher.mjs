#!/usr/bin/env node
// Stands in for the desktop VS Code executable: takes its arguments, opens the same window in a headless browser on the
// packaged server, and ends with the exit code of the test suite that ran in the extension host.
import { ensureChromium } from './chromium.mjs';
import { runToEnd, userError } from './cleanup.mjs';
import { parseCommandLine } from './commandLine.mjs';
import { launchBrowser, openPage, openWorkbench } from './browser.mjs';
import { serveDriver } from './driver.mjs';
import { ensureHost } from './install.mjs';
import { startServer, testUrl } from './server.mjs';

function timeout(ms) {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(userError(`The suite did not end within ${ms / 1000} s.`));
    setTimeout(fail, ms).unref();
  });
}

function serverEnd(server) {
  return server.ended.then((code) => {
    throw userError(`The VS Code server ended with code ${code}:\n${server.output().slice(-3000)}`);
  });
}

// The console of the whole window arrives here; the suite marks its own lines, the rest is shown only when something broke.
const SUITE_MARK = '[suite] ';
const KEPT_LINES = 80;
const otherLines = [];
let suiteSpoke = false;

function print(type, text) {
  if (text.startsWith(SUITE_MARK)) {
    suiteSpoke = true;
    return console.log(text.slice(SUITE_MARK.length));
  }
  if (process.env.CDAS_LENS_VERBOSE) return console.error(text);
  otherLines.push(`${type}: ${text}`);
  if (otherLines.length > KEPT_LINES) otherLines.shift();
}

function printOtherLines() {
  console.error(`The end of the window's console:\n${otherLines.join('\n')}`);
}

async function runSuite(server, driver, options) {
  const { browser } = await launchBrowser(await ensureChromium());
  let finish;
  const exitCode = new Promise((resolve) => void (finish = resolve));
  const opened = await openPage(browser, { onLog: print, onExit: finish });
  driver.attach(opened);
  try {
    await openWorkbench(opened.page, testUrl({ ...server, ...options }));
    const code = await Promise.race([exitCode, opened.failed, serverEnd(server), timeout(options.timeoutMs)]);
    if (code !== 0 && !suiteSpoke) printOtherLines();
    return code;
  } catch (error) {
    printOtherLines();
    throw error;
  }
}

async function serve(server, options) {
  console.log(testUrl({ ...server, ...options }));
  await serverEnd(server);
}

async function main() {
  const options = parseCommandLine(process.argv.slice(2));
  const host = await ensureHost();
  if (options.versionOnly) return void console.log(host.version);
  const driver = await serveDriver();
  const env = { ...process.env, CDAS_LENS_UI: driver.address };
  const { port, userDataDirectory, trustEveryWorkspace } = options;
  const server = await startServer(host, { port, env, userDataDirectory, trustEveryWorkspace });
  return options.testsPath === undefined ? serve(server, { ...options, port: server.port }) : runSuite(server, driver, { ...options, port: server.port });
}

runToEnd(main);
