import { stat } from 'node:fs/promises';
import { isMissing } from '../../core/errors';
import { l10n } from '../l10n';
import type { RunRoot } from '../settings';
import { oneLine } from '../documents/untrustedText';

/** So many of one kind are named. */
const maxNamed = 3;

/** Run roots in which nothing can be found, by what is wrong with them. */
export interface UnusableRoots {
  readonly missing: readonly string[];
  readonly files: readonly string[];
  /** As they are written: they start at a folder, and none is open. */
  readonly relative: readonly string[];
}

/** Those of the run roots that are no directory to search. One that cannot be looked at may well be. */
export async function unusableRoots(roots: readonly RunRoot[]): Promise<UnusableRoots> {
  const directories = [...new Set(roots.flatMap(({ directory }) => directory ?? []))];
  const faults = await Promise.all(directories.map(faultOf));
  return {
    missing: directories.filter((_, place) => faults[place] === 'missing'),
    files: directories.filter((_, place) => faults[place] === 'file'),
    relative: [...new Set(roots.flatMap(({ written, directory }) => (directory === null ? written : [])))],
  };
}

async function faultOf(directory: string): Promise<'missing' | 'file' | null> {
  try {
    return (await stat(directory)).isDirectory() ? null : 'file';
  } catch (error) {
    return isMissing(error) ? 'missing' : null;
  }
}

/**
 * What the runs view says of run roots that are no directory to search, empty where all are. While it says something VS
 * Code hides the view's welcome, so without a run it says that and what to do as well.
 */
export function unusableRootsText(roots: UnusableRoots, hasRuns: boolean): string {
  const text = faultsText(roots);
  if (text === '' || hasRuns) return text;
  return `${text} ${l10n.t('Elsewhere no run has been found. Add Run Root… and Refresh Runs are in the title bar of this view.')}`;
}

function faultsText({ missing, files, relative }: UnusableRoots): string {
  const texts = [
    textOf(missing, {
      one: 'The run root {0} does not exist. Create this directory, or correct the setting cdasLens.runRoots.',
      many: 'These run roots do not exist: {0}. Create these directories, or correct the setting cdasLens.runRoots.',
    }),
    textOf(files, {
      one: 'The run root {0} is not a directory. Name the directory that it lies in, in the setting cdasLens.runRoots.',
      many: 'These run roots are not directories: {0}. Name the directories that they lie in, in the setting cdasLens.runRoots.',
    }),
    textOf(relative, {
      one: 'The run root {0} starts at a folder, and no folder is open. Open the folder, or write an absolute path in the setting cdasLens.runRoots.',
      many: 'These run roots start at a folder, and no folder is open: {0}. Open the folder, or write absolute paths in the setting cdasLens.runRoots.',
    }),
  ];
  return texts.filter((text) => text !== '').join(' ');
}

function textOf(roots: readonly string[], { one, many }: { readonly one: string; readonly many: string }): string {
  if (roots.length === 0) return '';
  const named = roots.slice(0, maxNamed).map((root) => oneLine(root, 200)).join(', ');
  const more = roots.length > maxNamed ? l10n.t(' and {0} more', roots.length - maxNamed) : '';
  return l10n.t(roots.length === 1 ? one : many, named + more);
}
