import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The directory of the committed fixtures. */
export const fixtures = path.join(root, 'test', 'fixtures');
/** Git's and the system's own settings do not reach into the tests. */
export const environment = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', GIT_CONFIG_COUNT: '2', GIT_CONFIG_KEY_0: 'user.name', GIT_CONFIG_VALUE_0: 'Ada', GIT_CONFIG_KEY_1: 'user.email', GIT_CONFIG_VALUE_1: 'ada@example.org' };

let bundle = '';

/** The command line as it ships: one bundled file, built once from the sources under test. */
export function cliBundle(): string {
  if (bundle !== '') return bundle;
  bundle = path.join(root, '.cache', 'cli-test', 'cli.js');
  buildSync({ entryPoints: [path.join(root, 'src/cli/main.ts')], bundle: true, platform: 'node', format: 'cjs', target: 'node20', outfile: bundle, logLevel: 'error' });
  return bundle;
}

/** What a call of the command line came to. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line to its end. */
export function runCli(args: readonly string[], cwd: string = fixtures): CliResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cliBundle(), ...args], { cwd, env: environment, encoding: 'utf8', timeout: 15_000 });
  return { code: status, stdout, stderr };
}

/** Runs the command line with `--json` and gives its document; anything but success fails the test. */
export function cliJson(args: readonly string[], cwd: string = fixtures): unknown {
  const { code, stdout, stderr } = runCli([...args, '--json'], cwd);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

/** Starts a command that does not end by itself. */
export function startCli(args: readonly string[], cwd: string): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [cliBundle(), ...args], { cwd, env: environment });
}
