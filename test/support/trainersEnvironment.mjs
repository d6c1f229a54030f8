// The Python environment in which the trainer adapters are tried against real frameworks, cached between runs.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath } from './vscodeHost/chromium.mjs';
import { userError } from './vscodeHost/cleanup.mjs';
import { cacheRoot, projectRoot } from './vscodeHost/paths.mjs';
import { run } from './vscodeHost/processes.mjs';

const environmentRoot = join(cacheRoot, 'trainers/venv');
const stampPath = join(environmentRoot, 'cdas-requirements.txt');
const requirementsPath = join(projectRoot, 'test/trainers/requirements.txt');
const alonePath = join(projectRoot, 'test/trainers/requirements-alone.txt');
const INSTALL_TIMEOUT_MS = 1_800_000;

async function findPython() {
  for (const name of ['python3', 'python']) {
    const path = findOnPath([name]);
    if (path === undefined) continue;
    const check = await run(path, ['-c', 'import sys; print(sys.version); sys.exit(sys.version_info < (3, 11))'], { quiet: true });
    if (check.code === 0) return { path, version: check.output.trim() };
  }
  throw userError('the frameworks need Python 3.11 or newer as python3 on PATH; install it (Debian: apt-get install python3-venv)');
}

async function command(path, args, what) {
  const { code, output } = await run(path, args, { quiet: true, timeoutMs: INSTALL_TIMEOUT_MS });
  if (code !== 0) throw userError(`${what} failed with exit code ${code}:\n${output.trim().slice(-3000)}`);
}

/**
 * The Python interpreter of the environment, which is made first if it is missing or not what the requirements
 * ask for. To get builds of PyTorch without CUDA, set PIP_EXTRA_INDEX_URL to an index that has them.
 */
export async function ensureTrainers() {
  const python = await findPython();
  const requirements = [requirementsPath, alonePath].map((path) => readFileSync(path, 'utf8')).join('\n');
  const stamp = createHash('sha256').update(`${python.version}\n${requirements}`).digest('hex');
  const interpreter = join(environmentRoot, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp) return interpreter;
  console.log(`Making ${environmentRoot}: PyTorch, TRL and the like, about 2 GB …`);
  await command(python.path, ['-m', 'venv', '--clear', environmentRoot], 'Making a virtual environment');
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input'];
  await command(interpreter, [...pip, '-r', requirementsPath], 'Installing the frameworks');
  await command(interpreter, [...pip, '--no-deps', '-r', alonePath], 'Installing the frameworks');
  writeFileSync(stampPath, stamp);
  return interpreter;
}
