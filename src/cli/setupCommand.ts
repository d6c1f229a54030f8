import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { setupFrameworkOfLog, setupFrameworkOfProject, setupFrameworks, setupParts, type SetupFramework } from '../core/trainerSetup';
import { copyTrainerPackage, defaultPackageDirectory, projectTexts, type CopiedPackage } from '../curation/trainerPackage';
import type { RunSource } from '../logs/runSource';
import { ExpectedError } from '../protocol/channel';
import { textOption, UsageError, wordOption, type Command, type Invocation } from './command';
import { findRun } from './findRun';
import { directoryOption } from './sessionOptions';

/** `setup`: what makes a training job obey decisions. */
export const setupCommand: Command = {
  name: 'setup',
  usage: '[RUN]',
  summary: 'Copy the trainer package into this project and print the lines that make its training job obey decisions.',
  arity: { min: 0, max: 1 },
  options: [
    { name: 'framework', value: 'NAME', help: `${setupFrameworks.join(', ')}; default: that of RUN, or the one that this directory's files name` },
    { name: 'to', value: 'DIR', help: `where the package goes; default: ${defaultPackageDirectory}` },
    { name: 'print-only', help: 'copy nothing' },
    directoryOption,
  ],
  run: async (invocation) => {
    const target = invocation.positionals[0];
    const run = target === undefined ? null : (await findRun(target, [])).run;
    const framework = frameworkFor(invocation, run);
    const to = textOption(invocation, 'to') ?? defaultPackageDirectory;
    const copied = invocation.options.has('print-only') ? null : copyTrainerPackage(packageSource(), resolve(to));
    const places = {
      curationDirectory: resolve(textOption(invocation, 'dir') ?? '.cdas'),
      packageDirectory: `./${relative('.', resolve(to))}`.replaceAll('\\', '/'),
      run: run?.name ?? null,
    };
    print(invocation, { framework, copied, parts: setupParts(framework, places) });
  },
};

function frameworkFor(invocation: Invocation, run: RunSource | null): SetupFramework {
  const named = wordOption(invocation, 'framework', setupFrameworks);
  const found = named ?? (run === null ? setupFrameworkOfProject(projectTexts('.')) : setupFrameworkOfLog(run.format.framework));
  if (found !== null) return found;
  throw new UsageError(`The framework is not known from here: name it by --framework (${setupFrameworks.join(', ')})`);
}

/** The package as it ships: src/trainer above the bundle. */
function packageSource(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, 'src/trainer');
    if (existsSync(join(candidate, 'cdas_lens/__init__.py'))) return candidate;
    if (dirname(folder) === folder) throw new ExpectedError('The trainer package is not beside this program; take it from the extension’s folder src/trainer.');
  }
}

function print(invocation: Invocation, setup: { framework: SetupFramework; copied: CopiedPackage | null; parts: ReturnType<typeof setupParts> }): void {
  const { output, json } = invocation;
  if (json) {
    output.json(setup);
    return;
  }
  if (setup.copied !== null) output.line(`${setup.copied.replaced ? 'Replaced' : 'Wrote'} ${setup.copied.directory}`);
  output.line(`Training with ${setup.framework}:`);
  for (const { what, lines } of setup.parts) {
    output.line('');
    output.line(what);
    output.line('');
    // Not indented, so that the lines can be copied as they are.
    for (const line of lines) output.line(line);
  }
}
