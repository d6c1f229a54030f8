// The Python environment in which the trainer adapters are tried against real frameworks, cached between runs.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPython } from './unittestRun.mjs';
import { installWithApt } from './vscodeHost/apt.mjs';
import { userError } from './vscodeHost/cleanup.mjs';
import { cacheRoot, projectRoot } from './vscodeHost/paths.mjs';
import { run } from './vscodeHost/processes.mjs';

const environmentRoot = join(cacheRoot, 'trainers/venv');
const stampPath = join(environmentRoot, 'cdas-requirements.txt');
const interpreter = join(environmentRoot, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const requirementsPath = join(projectRoot, 'test/trainers/requirements.txt');
/** The last release of verl with curriculum samplers: in a folder of its own, which goes before the newer release. */
const olderVerl = { requirementsPath: join(projectRoot, 'test/trainers/requirements-verl-0.7.txt'), folder: join(environmentRoot, 'verl-0.7') };
const INSTALL_TIMEOUT_MS = 1_800_000;

const whatToDo = 'The frameworks need Python 3.11 or newer with its venv module; install it (Debian: apt-get install python3 python3-venv).';

/** Makes an empty environment; resolves the Python that it is of. */
async function makeEmpty() {
  const tried = await tryToMake();
  if (tried.why === undefined) return tried.python;
  const refused = await installWithApt('Python', ['python3', 'python3-venv']);
  const again = await tryToMake();
  if (again.why === undefined) return again.python;
  throw userError([whatToDo, again.why, refused].filter(Boolean).join('\n'));
}

async function tryToMake() {
  const python = await findPython(11);
  if (python === undefined) return { why: 'There is no such python3 on PATH.' };
  const { code, output } = await run(python.path, ['-m', 'venv', '--clear', environmentRoot], { quiet: true, timeoutMs: INSTALL_TIMEOUT_MS });
  return code === 0 ? { python } : { why: output.trim().slice(-1000) };
}

async function install(...args) {
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--no-compile', ...args];
  const { code, output } = await run(interpreter, pip, { quiet: true, timeoutMs: INSTALL_TIMEOUT_MS });
  if (code === 0) return;
  throw userError(
    `The frameworks could not be installed (pip ended with exit code ${code}). pip must reach a package index: its own settings say ` +
      `which (pip config, PIP_INDEX_URL, PIP_EXTRA_INDEX_URL).\n${output.trim().slice(-3000)}`,
  );
}

/** A build of PyTorch with CUDA does not load without the packages that it depends on. */
async function completeTorch() {
  const { code } = await run(interpreter, ['-c', 'import torch'], { quiet: true });
  if (code === 0) return;
  console.log('The index has PyTorch with CUDA only: its packages are added, some 3 GB …');
  await install(readFileSync(requirementsPath, 'utf8').match(/^torch==\S+/m)[0]);
}

function stampOf(python) {
  const requirements = [requirementsPath, olderVerl.requirementsPath].map((path) => readFileSync(path, 'utf8'));
  return createHash('sha256').update([python.version, ...requirements].join('\n')).digest('hex');
}

/**
 * The Python interpreter of the environment, which is made first if it is missing or not what the requirements
 * ask for. To get builds of PyTorch without CUDA, set PIP_EXTRA_INDEX_URL to an index that has them.
 */
export async function ensureTrainers() {
  const found = await findPython(11);
  if (found !== undefined && existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stampOf(found)) return interpreter;
  console.log(`Making ${environmentRoot}: PyTorch, TRL, verl and the like, about 1.5 GB …`);
  const python = await makeEmpty();
  await install('--no-deps', '-r', requirementsPath);
  await install('--no-deps', '--target', olderVerl.folder, '-r', olderVerl.requirementsPath);
  await completeTorch();
  writeFileSync(stampPath, stampOf(python));
  return interpreter;
}
