import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';

/** Who decides: git's `user.name <user.email>` as it holds in `directory`, or the user of the system. */
export function decisionAuthor(directory: string): string {
  const [name, email] = [gitConfig(directory, 'user.name'), gitConfig(directory, 'user.email')];
  if (name !== '' && email !== '') return `${name} <${email}>`;
  return name || email || systemUser();
}

function gitConfig(directory: string, key: string): string {
  try {
    return execFileSync('git', ['config', '--get', key], { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 2000 }).trim();
  } catch {
    // No git, or no such key: both mean that git does not say.
    return '';
  }
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user id may have no account.
    return 'unknown';
  }
}
