// The part of desktop VS Code's command line that the launcher obeys; the rest is accepted and has no meaning here.
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';

const withValue = new Set([
  'extensionDevelopmentPath',
  'extensionTestsPath',
  'user-data-dir',
  'extensions-dir',
  'folder-uri',
  'port',
  'timeout',
]);

function toPath(value) {
  return value.startsWith('file:') ? fileURLToPath(value) : resolve(value);
}

function split(args) {
  const options = new Map();
  const rest = [];
  for (let index = 0; index < args.length; index++) {
    const [, name, inline] = /^--([\w-]+)(?:=(.*))?$/s.exec(args[index]) ?? [];
    if (name === undefined) {
      rest.push(args[index]);
      continue;
    }
    const value = inline ?? (withValue.has(name) ? args[++index] : 'true');
    options.set(name, value);
  }
  return { options, rest };
}

/** What the arguments ask for; paths are absolute, what is not given is undefined. */
export function parseCommandLine(args) {
  const { options, rest } = split(args);
  const path = (name) => (options.get(name) ? toPath(options.get(name)) : undefined);
  const folder = path('folder-uri') ?? (rest.length > 0 ? resolve(rest[0]) : undefined);
  return {
    folder,
    developmentPath: path('extensionDevelopmentPath'),
    testsPath: path('extensionTestsPath'),
    userDataDirectory: path('user-data-dir'),
    trustEveryWorkspace: options.has('disable-workspace-trust'),
    port: Number(options.get('port') ?? 0),
    timeoutMs: Number(options.get('timeout') ?? 0) || 600_000,
    versionOnly: options.has('version'),
  };
}
