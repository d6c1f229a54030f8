// Runs `command args…` in a process group of its own and ends the whole group when standard input closes, that is,
// when whoever started it is gone by any means, SIGKILL included.
import { spawn } from 'node:child_process';

const [command, ...args] = process.argv.slice(2);
const windows = process.platform === 'win32';
// Windows knows no process groups, and runs npm only through its shell.
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: !windows, shell: windows && command === 'npm' });

function signalGroup(signal) {
  try {
    process.kill(windows ? child.pid : -child.pid, signal);
  } catch {
    // The group is empty already.
  }
}

function stop() {
  signalGroup('SIGTERM');
  setTimeout(() => {
    signalGroup('SIGKILL');
    process.exit(0);
  }, 3000);
}

child.on('error', (error) => {
  console.error(`Cannot run ${command}: ${error.message}`);
  process.exit(127);
});
child.on('exit', (code, signal) => {
  signalGroup('SIGKILL');
  process.exit(code ?? (signal === null ? 0 : 1));
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
process.stdin.on('end', stop).on('error', stop).resume();
