// The VS Code server as a child process: started on a free port of the loopback interface, stopped with everything below it.
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onEnd, userError } from './cleanup.mjs';
import { makeTemporaryDirectory } from './paths.mjs';
import { spawnGuarded } from './processes.mjs';
import { writeQuietSettings } from './settings.mjs';

const START_TIMEOUT_MS = 60_000;

function serverArguments({ port, token, dataDirectory, userDataDirectory, trustEveryWorkspace }) {
  return [
    '--host=127.0.0.1',
    `--port=${port}`,
    `--connection-token=${token}`,
    '--accept-server-license-terms',
    // Only with this does the page obey the payload that loads an extension from its folder.
    '--enable-smoke-test-driver',
    '--disable-telemetry',
    '--disable-experiments',
    '--force-disable-user-env',
    `--server-data-dir=${dataDirectory}`,
    `--user-data-dir=${userDataDirectory}`,
    ...(trustEveryWorkspace ? ['--disable-workspace-trust'] : []),
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

/** The address that opens `folder` with the extension at `developmentPath`, and runs the suite at `testsPath` if given. */
export function workbenchUrl({ port, token, folder, developmentPath, testsPath }) {
  const remote = (path) => `vscode-remote://localhost:${port}${path}`;
  const payload = [['skipWelcome', 'true'], ['skipReleaseNotes', 'true']];
  if (developmentPath !== undefined) payload.push(['extensionDevelopmentPath', remote(developmentPath)]);
  if (testsPath !== undefined) payload.push(['extensionTestsPath', remote(testsPath)]);
  const query = new URLSearchParams({ tkn: token });
  if (folder !== undefined) query.set('folder', folder);
  query.set('payload', JSON.stringify(payload));
  return `http://localhost:${port}/?${query}`;
}

/**
 * Starts a server; `port` 0 picks a free one. The token keeps other users of the machine out. Its data lies in a temporary
 * directory unless `userDataDirectory` is given; `settings` are added to the user settings there.
 */
export async function startServer(host, { port = 0, env, userDataDirectory, settings = {}, trustEveryWorkspace = true } = {}) {
  const dataRoot = makeTemporaryDirectory('host');
  const removeData = onEnd(() => rmSync(dataRoot, { recursive: true, force: true, maxRetries: 5 }));
  const token = randomBytes(16).toString('hex');
  const userData = userDataDirectory ?? join(dataRoot, 'user');
  mkdirSync(userData, { recursive: true });
  writeQuietSettings(userData, settings);
  const options = { port, token, dataDirectory: join(dataRoot, 'server'), userDataDirectory: userData, trustEveryWorkspace };
  const args = [host.serverMain, ...serverArguments(options)];
  // Chosen by VS Code's own terminals: a server started from one must not believe it belongs to that window.
  const ownEnv = Object.fromEntries(Object.entries(env ?? process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_)/.test(name)));
  const server = spawnGuarded(host.nodePath, args, { env: ownEnv, cwd: dataRoot });
  const stop = async () => {
    await server.stop();
    await removeData();
  };
  const actualPort = await waitForPort(server);
  return { port: actualPort, token, ended: server.ended, output: server.output, stop };
}
