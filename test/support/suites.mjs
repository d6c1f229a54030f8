// The suites of npm test by name; each resolves {passed, failed, skipped, reason?} and rejects when it cannot run.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runIntegration, runRestricted } from './integrationRun.mjs';
import { runTrainers } from './trainersRun.mjs';
import { findPython, runUnittest } from './unittestRun.mjs';
import { ensureChromium } from './vscodeHost/chromium.mjs';
import { onEnd, userError } from './vscodeHost/cleanup.mjs';
import { makeTemporaryDirectory, projectRoot } from './vscodeHost/paths.mjs';
import { run } from './vscodeHost/processes.mjs';

const SUITE_TIMEOUT_MS = 900_000;

/** Runs `start({resultsFile})` and reads the counts that the reporter left; a run that left none has crashed. */
async function withResults(start) {
  const folder = makeTemporaryDirectory('results');
  const removeFolder = onEnd(() => rmSync(folder, { recursive: true, force: true }));
  const resultsFile = join(folder, 'results.json');
  const { code, timedOut } = await start({ resultsFile });
  const counts = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : undefined;
  await removeFolder();
  if (timedOut) throw userError(`it did not end within ${SUITE_TIMEOUT_MS / 1000} s`);
  if (counts === undefined) throw userError(`it crashed (exit code ${code}) before its tests ended; see above`);
  const brokeLater = code !== 0 && counts.failed === 0;
  return brokeLater ? { ...counts, failed: 1, reason: `its tests passed but it ended with exit code ${code}` } : counts;
}

function mocha(specs, { ignore = [], env = {} } = {}) {
  const args = ['node_modules/mocha/bin/mocha.js', '--config', 'test/.mocharc.json', '--reporter', 'test/support/countingReporter.mjs'];
  for (const spec of specs) args.push('--spec', spec);
  for (const pattern of ignore) args.push('--ignore', pattern);
  return withResults(({ resultsFile }) =>
    run(process.execPath, args, {
      cwd: projectRoot,
      env: { ...process.env, ...env, CDAS_LENS_RESULTS: resultsFile },
      timeoutMs: SUITE_TIMEOUT_MS,
    }),
  );
}

async function trainer() {
  const python = await findPython(9);
  if (python === undefined) throw userError('the trainer adapter needs Python 3.9 or newer as python3 on PATH; install it (Debian: apt-get install python3)');
  const env = { PYTHONPATH: join(projectRoot, 'src/trainer') };
  return runUnittest(python.path, ['discover', '-v', '-s', 'test/trainer', '-t', 'test/trainer'], { env, timeoutMs: SUITE_TIMEOUT_MS });
}

/** Suites that need an environment of gigabytes: they run when they are named or everything is asked for. */
export const onlyWhenAskedFor = ['trainers'];

/** Suites that work the window from outside, which only the packaged host allows. */
export const packagedOnly = ['window'];

export const suites = {
  unit: () => mocha(['test/unit/**/*.test.ts'], { ignore: ['test/unit/**/manifest*.test.ts'] }),
  manifest: () => mocha(['test/unit/**/manifest*.test.ts']),
  trainer,
  trainers: () => runTrainers(),
  webview: async () => mocha(['test/webview/**/*.test.ts'], { env: { CHROME_PATH: await ensureChromium() } }),
  integration: (options) => withResults((results) => runIntegration({ ...results, ...options })),
  window: async () => mocha(['test/integration/*.test.mjs'], { env: { CHROME_PATH: await ensureChromium() } }),
  restricted: (options) => withResults((results) => runRestricted({ ...results, ...options })),
};
