// Finds a Chromium to drive, or installs one where the system's package manager can.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { userError } from './cleanup.mjs';
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

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The first executable of these names on PATH, or undefined. */
export function findOnPath(wanted) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  const files = wanted.flatMap((name) => endings.map((ending) => name + ending));
  return files.flatMap((file) => folders.map((folder) => join(folder, file))).find(isExecutable);
}

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

async function aptPrefix() {
  if (findOnPath(['apt-get']) === undefined) return undefined;
  if (process.getuid?.() === 0) return [];
  const canSudo = findOnPath(['sudo']) !== undefined && (await run('sudo', ['-n', 'true'], { quiet: true })).code === 0;
  return canSudo ? ['sudo', '-n'] : undefined;
}

async function installWithApt() {
  const prefix = await aptPrefix();
  if (prefix === undefined) return;
  console.log('Installing Chromium with apt-get …');
  const apt = async (...args) => {
    const [command, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
    return run(command, rest, { quiet: true, timeoutMs: 900_000 });
  };
  // An update that fails in part may still leave a usable list, so only the install decides.
  await apt('update');
  const { code, output } = await apt('install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core');
  if (code !== 0) throw userError(`${whatToDo}\napt-get install chromium failed:\n${output.trim()}`);
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
  await installWithApt();
  const path = await findInstalled();
  if (path === undefined) throw userError(whatToDo);
  return path;
}
