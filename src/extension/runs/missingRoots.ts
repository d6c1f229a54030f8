import { stat } from 'node:fs/promises';
import { isMissing } from '../../core/errors';
import { l10n } from '../l10n';
import { oneLine } from '../documents/untrustedText';

/** So many are named. */
const maxNamed = 3;

/** Those of the directories to search that are not there. One that cannot be looked at may well be. */
export async function missingRoots(roots: readonly string[]): Promise<readonly string[]> {
  const missing = await Promise.all(roots.map(isGone));
  return roots.filter((_, place) => missing[place] === true);
}

async function isGone(root: string): Promise<boolean> {
  try {
    await stat(root);
    return false;
  } catch (error) {
    return isMissing(error);
  }
}

/** What to say of run roots that are not there, empty where all are. */
export function missingRootsText(missing: readonly string[]): string {
  if (missing.length === 0) return '';
  const named = missing.slice(0, maxNamed).map((root) => oneLine(root, 200)).join(', ');
  const more = missing.length > maxNamed ? l10n.t(' and {0} more', missing.length - maxNamed) : '';
  return missing.length === 1
    ? l10n.t('The run root {0} does not exist. Create this directory, or correct the setting cdasLens.runRoots.', named)
    : l10n.t('These run roots do not exist: {0}. Create these directories, or correct the setting cdasLens.runRoots.', named + more);
}
