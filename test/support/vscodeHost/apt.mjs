// Installs what the tests need of the system, where its package manager is Debian's and lets us.
import { findOnPath } from './executables.mjs';
import { run } from './processes.mjs';

async function aptPrefix() {
  if (findOnPath(['apt-get']) === undefined) return undefined;
  if (process.getuid?.() === 0) return [];
  const canSudo = findOnPath(['sudo']) !== undefined && (await run('sudo', ['-n', 'true'], { quiet: true })).code === 0;
  return canSudo ? ['sudo', '-n'] : undefined;
}

/** Installs packages for `what`; resolves null, also where there is no apt-get to ask, or what it said when it failed. */
export async function installWithApt(what, packages) {
  const prefix = await aptPrefix();
  if (prefix === undefined) return null;
  console.log(`Installing ${what} with apt-get …`);
  const apt = async (...args) => {
    const [command, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
    return run(command, rest, { quiet: true, timeoutMs: 900_000 });
  };
  // An update that fails in part may still leave a usable list, so only the install decides.
  await apt('update');
  const { code, output } = await apt('install', '-y', '--no-install-recommends', ...packages);
  return code === 0 ? null : `apt-get install ${packages.join(' ')} failed:\n${output.trim()}`;
}
