// Runs the suite of test/integration inside VS Code: desktop VS Code, or the packaged host behind the same command line.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeDemoWorkspace } from './demoRun.mjs';
import { ensureChromium } from './vscodeHost/chromium.mjs';
import { onEnd } from './vscodeHost/cleanup.mjs';
import { ensureHost } from './vscodeHost/install.mjs';
import { distRoot, launcherPath, makeTemporaryDirectory, projectRoot } from './vscodeHost/paths.mjs';
import { run } from './vscodeHost/processes.mjs';
import { writeQuietSettings } from './vscodeHost/settings.mjs';

const suitePath = join(distRoot, 'test/integration.js');
const STEPS_BEFORE = 8;
const RUN_TIMEOUT_MS = 600_000;

async function bundleSuite() {
  const { build } = await import('esbuild');
  await build({
    entryPoints: { integration: join(projectRoot, 'test/integration/index.ts') },
    outdir: join(distRoot, 'test'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'linked',
    logLevel: 'warning',
    external: ['vscode', 'mocha'],
  });
}

/** The executable to drive: the launcher of the packaged host, or a desktop VS Code that is downloaded once. */
async function findExecutable(desktop) {
  if (!desktop) {
    await ensureHost();
    process.env.CHROME_PATH = await ensureChromium();
    return launcherPath;
  }
  const { downloadAndUnzipVSCode } = await import('@vscode/test-electron');
  return downloadAndUnzipVSCode({ version: 'stable' });
}

async function prepare({ resultsFile, desktop, suite }) {
  await bundleSuite();
  const executable = await findExecutable(desktop);
  const workspace = await makeDemoWorkspace(STEPS_BEFORE);
  const profile = makeTemporaryDirectory('user');
  const removeProfile = onEnd(() => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }));
  writeQuietSettings(profile);
  const env = { CDAS_LENS_RESULTS: resultsFile, CDAS_LENS_SUITE: suite, CDAS_LENS_PROJECT: projectRoot, CDAS_LENS_NODE: process.execPath };
  const launchArgs = [workspace.folder, `--user-data-dir=${profile}`, `--extensions-dir=${join(profile, 'extensions')}`, '--disable-extensions'];
  const finish = async () => {
    await removeProfile();
    await workspace.remove();
  };
  return { executable, env, launchArgs, finish };
}

/** The main suite, in a trusted workspace, through test-electron. */
export async function runIntegration(options) {
  const { executable, env, launchArgs, finish } = await prepare({ ...options, suite: 'integration' });
  const { runTests } = await import('@vscode/test-electron');
  const running = runTests({
    vscodeExecutablePath: executable,
    extensionDevelopmentPath: projectRoot,
    extensionTestsPath: suitePath,
    launchArgs,
    extensionTestsEnv: env,
  }).then(
    () => ({ code: 0 }),
    (error) => ({ code: error.code ?? 1 }),
  );
  // What VS Code still writes while it stops must not come back after its folders were removed.
  onEnd(() => Promise.race([running, new Promise((resolve) => setTimeout(resolve, 5000))]));
  const outcome = await running;
  await finish();
  return outcome;
}

/** The suite of Restricted Mode. Not through test-electron, which always switches workspace trust off. */
export async function runRestricted(options) {
  const { executable, env, launchArgs, finish } = await prepare({ ...options, suite: 'restricted' });
  const args = [...launchArgs, '--no-sandbox', '--disable-updates', '--skip-welcome', '--skip-release-notes'];
  args.push(`--extensionDevelopmentPath=${projectRoot}`, `--extensionTestsPath=${suitePath}`);
  try {
    return await run(executable, args, { env: { ...process.env, ...env }, timeoutMs: RUN_TIMEOUT_MS });
  } finally {
    await finish();
  }
}
