// The VS Code server as a child process: started on a free port of the loopback interface, stopped with everything below it.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { onEnd, userError } from './cleanup.mjs';
import { makeTemporaryDirectory } from './paths.mjs';
import { spawnGuarded } from './processes.mjs';
import { writeQuietSettings } from './settings.mjs';

const START_TIMEOUT_MS = 60_000;

function serverArguments({ port, token, dataDirectory, userDataDirectory, trustEveryWorkspace, underTest }) {
  return [
    '--host=127.0.0.1',
    `--port=${port}`,
    `--connection-token=${token}`,
    '--accept-server-license-terms',
    '--disable-telemetry',
    '--disable-experiments',
    '--force-disable-user-env',
    `--server-data-dir=${dataDirectory}`,
    `--user-data-dir=${userDataDirectory}`,
    ...(trustEveryWorkspace ? ['--disable-workspace-trust'] : []),
    // Only with this does the page obey a payload; but then messages appear in the list of notifications alone.
    ...(underTest ? ['--enable-smoke-test-driver'] : []),
  ];
}

function waitForPort(server) {
  return new Promise((resolve, reject) => {
    const fail = (reason) => reject(userError(`The VS Code server did not start: ${reason}\n${server.output().slice(-3000)}`));
    const timeout = setTimeout(() => fail(`no answer within ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    const timer = setInterval(() => {
      const [, port] = /Extension host agent listening on (\d+)/.exec(server.output()) ?? [];
      if (port === undefined) return;
      stopWaiting();
      resolve(Number(port));
    }, 50);
    const stopWaiting = () => {
      clearTimeout(timeout);
      clearInterval(timer);
    };
    void server.ended.then((code) => {
      stopWaiting();
      fail(`it ended with code ${code}`);
    });
  });
}

/** The address that opens `folder`. */
export function workbenchUrl({ port, token, folder }) {
  const query = new URLSearchParams({ tkn: token });
  if (folder !== undefined) query.set('folder', folder);
  return `http://localhost:${port}/?${query}`;
}

/** The address that opens `folder` with the extension at `developmentPath` and runs the suite at `testsPath`, if given. */
export function testUrl({ developmentPath, testsPath, ...window }) {
  const remote = (path) => `vscode-remote://localhost:${window.port}${path}`;
  const payload = [['skipWelcome', 'true'], ['skipReleaseNotes', 'true']];
  if (developmentPath !== undefined) payload.push(['extensionDevelopmentPath', remote(developmentPath)]);
  if (testsPath !== undefined) payload.push(['extensionTestsPath', remote(testsPath)]);
  return `${workbenchUrl(window)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/** Makes the extension in `root` an installed one: the server takes in what it finds when it starts for the first time. */
function linkExtension(root, dataDirectory) {
  const { publisher, name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const extensions = join(dataDirectory, 'extensions');
  mkdirSync(extensions, { recursive: true });
  symlinkSync(root, join(extensions, `${publisher}.${name}-${version}`), 'dir');
}

// The server itself would say so in the middle of a long report, or wait for ever.
async function requireFreePort(port) {
  const probe = createServer();
  const free = await new Promise((resolve) => probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)));
  if (!free) throw userError(`Port ${port} is in use or not allowed. Choose another with --port, or leave it out for a free one.`);
  await new Promise((resolve) => probe.close(resolve));
}

function outsideEnvironment(env = process.env) {
  // Set by VS Code's own terminals: a server started from one must not believe that it belongs to that window.
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(VSCODE_|ELECTRON_)/.test(name)));
}

/**
 * Starts a server; `port` 0 picks a free one. The token keeps other users of the machine out. Its data lies in a temporary
 * directory unless `userDataDirectory` is given; `settings` are added to the user settings there. With `extension` the one
 * in that folder is installed; without it the server is under test, and its page obeys `testUrl`.
 */
export async function startServer(host, { port = 0, env, userDataDirectory, settings = {}, trustEveryWorkspace = true, extension } = {}) {
  if (port !== 0) await requireFreePort(port);
  const dataRoot = makeTemporaryDirectory('host');
  const removeData = onEnd(() => rmSync(dataRoot, { recursive: true, force: true, maxRetries: 5 }));
  const token = randomBytes(16).toString('hex');
  const dataDirectory = join(dataRoot, 'server');
  const userData = userDataDirectory ?? join(dataRoot, 'user');
  writeQuietSettings(userData, settings);
  if (extension !== undefined) linkExtension(extension, dataDirectory);
  const options = { port, token, dataDirectory, userDataDirectory: userData, trustEveryWorkspace, underTest: extension === undefined };
  const server = spawnGuarded(host.nodePath, [host.serverMain, ...serverArguments(options)], { env: outsideEnvironment(env), cwd: dataRoot });
  const stop = async () => {
    await server.stop();
    await removeData();
  };
  return { port: await waitForPort(server), token, ended: server.ended, output: server.output, stop };
}
