// The trainer adapters inside real frameworks, on the CPU.
import { join } from 'node:path';
import { ensureTrainers } from './trainersEnvironment.mjs';
import { runUnittest } from './unittestRun.mjs';
import { cacheRoot, projectRoot } from './vscodeHost/paths.mjs';

const TIMEOUT_MS = 1_200_000;
const testRoot = join(projectRoot, 'test/trainers');

const env = {
  PYTHONPATH: [join(projectRoot, 'src/trainer'), testRoot, join(projectRoot, 'test/trainer')].join(process.platform === 'win32' ? ';' : ':'),
  PYTHONWARNINGS: 'ignore',
  // Compiled once, when it is first imported, and not into the project.
  PYTHONDONTWRITEBYTECODE: '',
  PYTHONPYCACHEPREFIX: join(cacheRoot, 'trainers/compiled'),
  // Nothing is fetched from a hub, and many small threads only slow a tiny model down.
  HF_HUB_OFFLINE: '1',
  TOKENIZERS_PARALLELISM: 'false',
  OMP_NUM_THREADS: '1',
};

/** Runs the tests of these names, or all of them. A test that was skipped counts as failed: nothing else would tell. */
export async function runTrainers(names = []) {
  const python = await ensureTrainers();
  const which = names.length > 0 ? ['-v', ...names] : ['discover', '-v', '-s', testRoot, '-t', testRoot];
  const { passed, failed, skipped, reason } = await runUnittest(python, which, { env, timeoutMs: TIMEOUT_MS });
  return { passed, failed: failed + skipped, skipped: 0, reason: reason ?? (skipped > 0 ? `${skipped} tests were skipped` : undefined) };
}
