// npm run test:trainers [-- TEST…]: runs the trainer adapters inside real frameworks on the CPU. The last line is
// "N passed, M failed"; the exit code is 0 only if nothing failed. A test that was skipped counts as failed.
import { join } from 'node:path';
import { ensureDependencies, buildBundles, requireNode } from './prepare.mjs';
import { ensureTrainers } from './trainersEnvironment.mjs';
import { runToEnd, userError } from './vscodeHost/cleanup.mjs';
import { projectRoot } from './vscodeHost/paths.mjs';
import { run } from './vscodeHost/processes.mjs';

const TIMEOUT_MS = 1_200_000;
const testRoot = join(projectRoot, 'test/trainers');

function environment() {
  return {
    ...process.env,
    PYTHONPATH: [join(projectRoot, 'src/trainer'), testRoot, join(projectRoot, 'test/trainer')].join(process.platform === 'win32' ? ';' : ':'),
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONWARNINGS: 'ignore',
    // Nothing is fetched from a hub, and many small threads only slow a tiny model down.
    HF_HUB_OFFLINE: '1',
    TOKENIZERS_PARALLELISM: 'false',
    OMP_NUM_THREADS: '1',
  };
}

function countTests({ code, output, timedOut }) {
  if (timedOut) throw userError(`The tests did not end within ${TIMEOUT_MS / 1000} s.`);
  const ran = /^Ran (\d+) tests?/m.exec(output);
  if (ran === null) throw userError(`unittest ended with exit code ${code} before its tests did; see above.`);
  const summary = output.slice(ran.index);
  const count = (word) => Number(new RegExp(`\\b${word}=(\\d+)`).exec(summary)?.[1] ?? 0);
  const failed = count('failures') + count('errors') + count('skipped') + count('unexpected successes');
  return { passed: Math.max(0, Number(ran[1]) - failed), failed: failed === 0 && code !== 0 ? 1 : failed };
}

async function runTests() {
  requireNode();
  await ensureDependencies();
  await buildBundles();
  const python = await ensureTrainers();
  const names = process.argv.slice(2);
  const which = names.length > 0 ? names : ['-s', testRoot, '-t', testRoot];
  const outcome = await run(python, ['-m', 'unittest', ...(names.length > 0 ? [] : ['discover']), '-v', ...which], { cwd: projectRoot, env: environment(), timeoutMs: TIMEOUT_MS });
  return countTests(outcome);
}

runToEnd(async () => {
  let counts;
  try {
    counts = await runTests();
  } catch (error) {
    console.error(error.userMessage ?? error.stack);
    counts = { passed: 0, failed: 1 };
  }
  console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
});
