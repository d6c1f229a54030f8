// The suites of npm test by name; each resolves {passed, failed, skipped, reason?} and rejects when it cannot run.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runIntegration, runRestricted } from './integrationRun.mjs';
import { ensureChromium, findOnPath } from './vscodeHost/chromium.mjs';
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

async function findPython() {
  for (const name of ['python3', 'python']) {
    const path = findOnPath([name]);
    if (path === undefined) continue;
    const check = await run(path, ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))'], { quiet: true });
    if (check.code === 0) return path;
  }
  throw userError('the trainer adapter needs Python 3.9 or newer as python3 on PATH; install it (Debian: apt-get install python3)');
}

async function trainer() {
  const python = await findPython();
  const { code, output } = await run(python, ['-m', 'unittest', 'discover', '-v', '-s', 'test/trainer', '-t', 'test/trainer'], {
    cwd: projectRoot,
    env: { ...process.env, PYTHONPATH: join(projectRoot, 'src/trainer'), PYTHONDONTWRITEBYTECODE: '1' },
    timeoutMs: SUITE_TIMEOUT_MS,
  });
  const ran = /^Ran (\d+) tests?/m.exec(output);
  if (ran === null) throw userError(`unittest ended with exit code ${code} before its tests did; see above`);
  const [summary] = /^(OK|FAILED|NO TESTS RAN)\b.*$/m.exec(output.slice(ran.index)) ?? [''];
  const count = (word) => Number(new RegExp(`\\b${word}=(\\d+)`).exec(summary)?.[1] ?? 0);
  const failed = count('failures') + count('errors') + count('unexpected successes');
  const skipped = count('skipped');
  const counts = { passed: Number(ran[1]) - failed - skipped, failed, skipped };
  return code !== 0 && failed === 0 ? { ...counts, failed: 1, reason: `unittest ended with exit code ${code}` } : counts;
}

/** Suites that work the window from outside, which only the packaged host allows. */
export const packagedOnly = ['window'];

export const suites = {
  unit: () => mocha(['test/unit/**/*.test.ts'], { ignore: ['test/unit/**/manifest*.test.ts'] }),
  manifest: () => mocha(['test/unit/**/manifest*.test.ts']),
  trainer,
  webview: async () => mocha(['test/webview/**/*.test.ts'], { env: { CHROME_PATH: await ensureChromium() } }),
  integration: (options) => withResults((results) => runIntegration({ ...results, ...options })),
  window: async () => mocha(['test/integration/*.test.mjs'], { env: { CHROME_PATH: await ensureChromium() } }),
  restricted: (options) => withResults((results) => runRestricted({ ...results, ...options })),
};
