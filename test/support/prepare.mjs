// What every command needs first: the project's dependencies and its bundles.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { userError } from './vscodeHost/cleanup.mjs';
import { projectRoot } from './vscodeHost/paths.mjs';
import { run } from './vscodeHost/processes.mjs';

const OLDEST_NODE = 20;

function readPackages(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}

/** Whether node_modules holds exactly what package-lock.json asks for, apart from other platforms' packages. */
export function dependenciesAreCurrent(root = projectRoot) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const present = readPackages(join(root, 'node_modules/.package-lock.json'));
  const wantedNames = Object.keys(wanted).filter((name) => name !== '');
  return wantedNames.every((name) => {
    if (present[name] === undefined) return wanted[name].optional === true && existsSync(join(root, 'node_modules'));
    return present[name].version === wanted[name].version;
  });
}

/** Stops with a message on a Node that is too old to run the project. */
export function requireNode() {
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE) return;
  throw userError(`This project needs Node ${OLDEST_NODE} or newer; this is ${process.version}.`);
}

/** Runs `npm ci` when node_modules is missing or differs from package-lock.json. */
export async function ensureDependencies() {
  if (dependenciesAreCurrent()) return;
  console.log('Installing dependencies (npm ci) …');
  const { code, output } = await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: projectRoot, quiet: true, timeoutMs: 900_000 });
  if (code !== 0) throw userError(`npm ci failed with exit code ${code}:\n${output.trim()}`);
}

/** Bundles everything into dist/; esbuild needs about a second, so whether it is stale is not asked. */
export async function buildBundles() {
  const { code, output } = await run(process.execPath, ['esbuild.mjs'], { cwd: projectRoot, quiet: true, timeoutMs: 300_000 });
  if (code !== 0) throw userError(`The build failed:\n${output.trim()}`);
}
