import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { setupFrameworkOfProject, setupFrameworks, type SetupPart } from '../core/trainerSetup';
import { copyTrainerPackage, defaultPackageDirectory, projectTexts, type CopiedPackage } from '../curation/trainerPackage';
import type { RunSource } from '../logs/runSource';
import { needsPackage, setupPartsFor, unhookedFrameworks } from '../engine/doctor/setupAdvice';
import { ExpectedError } from '../protocol/channel';
import { textOption, UsageError, wordOption, type Command, type Invocation } from './command';
import { findRun } from './findRun';
import { directoryOption, mappingOption, mappingsIn } from './sessionOptions';

const names = [...setupFrameworks.filter((name) => name !== 'other'), ...unhookedFrameworks, 'other'];

/** `setup`: what makes a training job obey decisions. */
export const setupCommand: Command = {
  name: 'setup',
  usage: '[RUN]',
  summary: 'Print the lines that make a training job obey decisions and log completely; copies the Python package they need into this project.',
  arity: { min: 0, max: 1 },
  options: [
    { name: 'framework', value: 'NAME', help: `${names.join(', ')}; default: that of RUN, or the one named by this directory's files` },
    { name: 'to', value: 'DIR', help: `where to copy the package; default: ${defaultPackageDirectory}` },
    { name: 'print-only', help: 'copy nothing' },
    mappingOption,
    directoryOption,
  ],
  run: async (invocation) => {
    const target = invocation.positionals[0];
    const run = target === undefined ? null : (await findRun(target, mappingsIn(invocation))).run;
    const framework = frameworkFor(invocation, run);
    const to = textOption(invocation, 'to') ?? defaultPackageDirectory;
    const parts = setupPartsFor(framework, {
      curationDirectory: resolve(textOption(invocation, 'dir') ?? '.cdas'),
      packageDirectory: `./${relative('.', resolve(to))}`.replaceAll('\\', '/'),
      run: run?.name ?? null,
    });
    const copied = invocation.options.has('print-only') || !needsPackage(parts) ? null : copyTrainerPackage(packageSource(), resolve(to));
    print(invocation, { framework, copied, parts });
  },
};

function frameworkFor(invocation: Invocation, run: RunSource | null): string {
  const found = wordOption(invocation, 'framework', names) ?? run?.format.framework ?? setupFrameworkOfProject(projectTexts('.'));
  if (found !== null) return found;
  throw new UsageError(`The framework could not be detected; name it with --framework (${names.join(', ')})`);
}

/** The package as it ships: src/trainer above the bundle. */
function packageSource(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, 'src/trainer');
    if (existsSync(join(candidate, 'cdas_lens/__init__.py'))) return candidate;
    if (dirname(folder) === folder) throw new ExpectedError('The Python package is not beside this program; copy it from src/trainer in the extension’s folder.');
  }
}

function print(invocation: Invocation, setup: { readonly framework: string; readonly copied: CopiedPackage | null; readonly parts: readonly SetupPart[] }): void {
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
    if (lines.length > 0) output.line('');
    // Not indented, so that the lines can be copied as they are.
    for (const line of lines) output.line(line);
  }
}
