// Child processes that never outlive this one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onEnd } from './cleanup.mjs';

const guard = join(import.meta.dirname, 'guard.mjs');
const KEPT_OUTPUT = 20_000;

/**
 * Runs a command in a group of its own until it ends, `stop()` is called or this process is gone.
 * `output()` is the end of what it printed; `ended` resolves with its exit code, 0 when it was told to stop.
 */
export function spawnGuarded(command, args, { cwd, env, onOutput } = {}) {
  const child = spawn(process.execPath, [guard, command, ...args], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  let kept = '';
  const take = (chunk) => {
    kept = (kept + chunk).slice(-KEPT_OUTPUT);
    onOutput?.(String(chunk));
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  child.stdin.on('error', () => undefined);
  let stopping = false;
  const ended = once(child, 'close').then(([code]) => (stopping ? 0 : (code ?? 1)));
  const stop = onEnd(async () => {
    stopping = true;
    child.stdin.end();
    await ended;
  });
  return { ended, stop, output: () => kept };
}

/** Runs a command to its end with its output passed on (or kept, with `quiet`); resolves `{code, output}`. */
export async function run(command, args, { cwd, env, quiet = false, timeoutMs } = {}) {
  const onOutput = quiet ? undefined : (text) => process.stdout.write(text);
  const child = spawnGuarded(command, args, { cwd, env, onOutput });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    void child.stop();
  }, timeoutMs ?? 2 ** 31 - 1);
  const code = await child.ended;
  clearTimeout(timer);
  return { code: timedOut ? 124 : code, output: child.output(), timedOut };
}
