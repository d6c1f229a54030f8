import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';

const gitTimeoutMs = 2000;

/** Who decides, by the account on this machine. */
export function systemAuthor(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user id may have no account.
    return 'unknown';
  }
}

/** Who decides, by git's `user.name <user.email>` as it holds in `directory`; null when git does not say. */
export async function gitAuthor(directory: string): Promise<string | null> {
  const [name, email] = await Promise.all([gitConfig(directory, 'user.name'), gitConfig(directory, 'user.email')]);
  if (name !== '' && email !== '') return `${name} <${email}>`;
  return name || (email === '' ? null : `<${email}>`);
}

function gitConfig(directory: string, key: string): Promise<string> {
  return new Promise((resolve) => {
    execFile('git', ['config', '--get', key], { cwd: directory, timeout: gitTimeoutMs, windowsHide: true }, (error, stdout) => {
      // No git, no such key: both mean that git does not say.
      resolve(error ? '' : stdout.trim());
    });
  });
}
