import { existsSync, readdirSync, readFileSync, statSync, unlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { OperationalError } from '../core/errors';
import { writeFileAtomically } from './atomicWrite';
import { withFsErrors } from './fsErrors';
import { makeDirectory } from './makeDirectory';

/** The directory that a project gets the package in, if nobody names another. */
export const defaultPackageDirectory = 'cdas-lens-trainer';

const loose = ['pyproject.toml', 'README.md'];
const moduleDirectory = 'cdas_lens';
/** Files that tell which framework a project uses; only those in its root are looked at. */
const tellingFile = /^(?:requirements.*\.txt|pyproject\.toml|setup\.(?:py|cfg)|environment\.ya?ml|.*\.sh|(?:train|run|main|grpo).*\.py)$/i;
const tellingBytes = 256 * 1024;

/** Where the package was copied to, and whether an older copy was replaced. */
export interface CopiedPackage {
  readonly directory: string;
  readonly replaced: boolean;
}

/**
 * Copies the Python package into a project, over an older copy of it. A directory that holds anything else is refused.
 * Throws an OperationalError that says what to do.
 */
export function copyTrainerPackage(source: string, directory: string): CopiedPackage {
  const replaced = withFsErrors('read', directory, () => isOlderCopy(directory));
  const modules = withFsErrors('read', source, () => readdirSync(join(source, moduleDirectory)).filter((name) => name.endsWith('.py')));
  const names = [...loose, ...modules.map((name) => join(moduleDirectory, name))];
  withFsErrors('write', directory, () => makeDirectory(join(directory, moduleDirectory)));
  for (const name of names) {
    const text = withFsErrors('read', join(source, name), () => readFileSync(join(source, name), 'utf8'));
    writeFileAtomically(join(directory, name), text);
  }
  withFsErrors('write', directory, () => removeOldModules(join(directory, moduleDirectory), new Set(modules)));
  return { directory, replaced };
}

function isOlderCopy(directory: string): boolean {
  if (!existsSync(directory)) return false;
  if (!statSync(directory).isDirectory()) throw new OperationalError(`${directory} is a file. Choose another directory.`, 'EEXIST');
  if (readdirSync(directory).length === 0) return false;
  const project = join(directory, 'pyproject.toml');
  if (existsSync(project) && /^name = "cdas-lens"$/m.test(readFileSync(project, 'utf8'))) return true;
  throw new OperationalError(`${directory} holds something other than an older copy of the package. Choose another directory.`, 'ENOTEMPTY');
}

function removeOldModules(directory: string, kept: ReadonlySet<string>): void {
  for (const name of readdirSync(directory)) {
    if (name.endsWith('.py') && !kept.has(basename(name))) unlinkSync(join(directory, name));
  }
}

/** The beginnings of the files in a project's root that may tell its framework. */
export function projectTexts(project: string): readonly string[] {
  try {
    return readdirSync(project, { withFileTypes: true })
      .filter((entry) => entry.isFile() && tellingFile.test(entry.name))
      .slice(0, 50)
      .map((entry) => join(project, entry.name))
      .filter((path) => statSync(path).size <= tellingBytes)
      .map((path) => readFileSync(path, 'utf8'));
  } catch {
    // A project that cannot be read tells nothing; the person is asked instead.
    return [];
  }
}
