// Finds a Chromium to drive, or installs one where the system's package manager can.
import { existsSync } from 'node:fs';
import { installWithApt } from './apt.mjs';
import { userError } from './cleanup.mjs';
import { findOnPath, isExecutable } from './executables.mjs';
import { run } from './processes.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge', 'brave-browser'];
const fixedPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];
const whatToDo =
  'Tests need Chromium. Install it (Debian: apt-get install chromium; others: Chromium or Google Chrome) ' +
  'or set CHROME_PATH to its executable.';

async function works(path) {
  // A snap's stand-in is an executable that only tells to install the snap.
  if (process.platform !== 'linux') return true;
  return (await run(path, ['--version'], { quiet: true, timeoutMs: 60_000 })).code === 0;
}

async function findInstalled() {
  const onPath = names.map((name) => findOnPath([name])).filter((path) => path !== undefined);
  for (const path of [...onPath, ...fixedPlaces.filter((place) => existsSync(place))]) {
    if (await works(path)) return path;
  }
  return undefined;
}

/** Resolves the path of a Chromium: CHROME_PATH, then the usual names on PATH, then one installed with apt-get. */
export async function ensureChromium() {
  const chosen = process.env.CHROME_PATH;
  if (chosen) {
    if (isExecutable(chosen)) return chosen;
    throw userError(`CHROME_PATH is ${chosen}, which is not an executable file.`);
  }
  const installed = await findInstalled();
  if (installed !== undefined) return installed;
  const refused = await installWithApt('Chromium', ['chromium', 'fonts-dejavu-core']);
  if (refused !== null) throw userError(`${whatToDo}\n${refused}`);
  const path = await findInstalled();
  if (path === undefined) throw userError(whatToDo);
  return path;
}
