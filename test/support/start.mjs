// npm start [-- DIR] [--desktop] [--no-open] [--port N]: opens VS Code with this extension on DIR, or on a demo in which a
// small trainer is running. Ctrl-C ends everything that was started.
import { existsSync, statSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { startDemo } from './demoRun.mjs';
import { requireNode, ensureDependencies, buildBundles } from './prepare.mjs';
import { findOnPath } from './vscodeHost/executables.mjs';
import { runToEnd, userError } from './vscodeHost/cleanup.mjs';
import { ensureHost } from './vscodeHost/install.mjs';
import { cacheRoot, projectRoot } from './vscodeHost/paths.mjs';
import { startServer, workbenchUrl } from './vscodeHost/server.mjs';

const usage = 'Usage: npm start [-- DIR] [--desktop] [--no-open] [--port N]';
const desktopNames = ['code', 'code-insiders', 'codium'];

function parsePort(text) {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw userError(`--port takes a number from 0 to 65535, not ${text}. ${usage}`);
}

function parseArguments(args) {
  const options = { folder: undefined, desktop: false, open: true, port: 0, help: false };
  const rest = [];
  for (let index = 0; index < args.length; index++) {
    const [name, inline] = args[index].split('=', 2);
    if (name === '--desktop') options.desktop = true;
    else if (name === '--no-open') options.open = false;
    else if (name === '--help' || name === '-h') options.help = true;
    else if (name === '--port') options.port = parsePort(inline ?? args[++index]);
    else if (name.startsWith('-')) throw userError(`Unknown option ${name}. ${usage}`);
    else rest.push(args[index]);
  }
  if (rest.length > 1) throw userError(`Only one DIR can be opened. ${usage}`);
  if (rest.length === 1) options.folder = checkFolder(rest[0]);
  return options;
}

function checkFolder(name) {
  // npm runs scripts in the project's root; what the person typed is meant from where they stood.
  const folder = resolve(process.env.INIT_CWD ?? process.cwd(), name);
  if (existsSync(folder) && statSync(folder).isDirectory()) return folder;
  throw userError(`${folder} is not a directory. Give the directory in which rollouts are written, or none for the demo.`);
}

const whatToSee = `
What to look at:
  - the CDAS icon in the activity bar on the left: runs, their steps, and the groups of each step
  - "CDAS: Open Dashboard" (F1): competence, pass rates and difficulty, live while the run goes on
  - a dataset file such as train.jsonl: each line shows its problem's difficulty and recent pass rates;
    right-click a line, or Ctrl+. on it, to pin, exclude or relabel its problem
  - .cdas/: decisions.jsonl is what you decided, sampler.json what the trainer reads, receipts.jsonl what it did
`;

function canOpenBrowser() {
  if (process.platform === 'darwin' || process.platform === 'win32') return true;
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return false;
  return findOnPath(['xdg-open']) !== undefined;
}

function openInBrowser(url) {
  const openers = { darwin: ['open', [url]], win32: ['rundll32', ['url.dll,FileProtocolHandler', url]] };
  const [command, args] = openers[process.platform] ?? ['xdg-open', [url]];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => console.log('No browser could be opened; open the address above yourself.'));
  child.unref();
}

async function openPackaged(folder, options) {
  const host = await ensureHost();
  const server = await startServer(host, { port: options.port, extension: projectRoot });
  const url = workbenchUrl({ ...server, folder });
  console.log(`\nVS Code with CDAS Lens is at\n\n  ${url}\n`);
  const opens = options.open && canOpenBrowser();
  if (opens) openInBrowser(url);
  else console.log(`Open it in a browser on this machine, or forward port ${server.port} (ssh -L ${server.port}:localhost:${server.port} …).`);
  return async () => {
    const code = await server.ended;
    throw userError(`The VS Code server ended with code ${code}:\n${server.output().slice(-3000)}`);
  };
}

function openDesktop(executable, folder) {
  console.log(`Opening ${executable} on ${folder}`);
  const args = ['--new-window', `--extensionDevelopmentPath=${projectRoot}`, '--disable-workspace-trust', folder];
  const child = spawn(executable, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  const failed = new Promise((_resolve, reject) => {
    child.on('error', (error) => reject(userError(`${executable} could not be started: ${error.message}`)));
    child.on('exit', (code) => code !== 0 && reject(userError(`${executable} ended with code ${code}.`)));
  });
  // The window lives on in a process of its own; this one stays for the demo trainer until Ctrl-C.
  setInterval(() => undefined, 2 ** 30);
  return () => failed;
}

async function main() {
  requireNode();
  const options = parseArguments(process.argv.slice(2));
  if (options.help) return void console.log(usage);
  await ensureDependencies();
  await buildBundles();
  const folder = options.folder ?? (await startDemo(join(cacheRoot, 'demo')));
  const executable = options.desktop ? findOnPath(desktopNames) : undefined;
  if (options.desktop && executable === undefined) {
    console.log(`No desktop VS Code on PATH (${desktopNames.join(', ')}); using the packaged one in a browser.`);
  }
  const waitForEnd = executable === undefined ? await openPackaged(folder, options) : openDesktop(executable, folder);
  console.log(`${whatToSee}\nCtrl-C stops everything.`);
  await waitForEnd();
}

runToEnd(main);
