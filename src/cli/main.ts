import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { commands } from './commands';
import { runCommandLine } from './commandLine';
import { packageVersion } from './packageVersion';

// A reader that has seen enough, such as `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`cdas-lens: standard output cannot be written: ${error.message}\n`);
  process.exit(1);
});
process.stderr.on('error', () => undefined);

void runCommandLine(process.argv.slice(2), {
  commands,
  version: packageVersion(dirname(realpathSync(process.argv[1] ?? '.'))),
  stdout: process.stdout,
  stderr: process.stderr,
}).then((code) => {
  // Not process.exit: what is still on its way into a pipe would be lost.
  process.exitCode = code;
});
