import { ExpectedError } from '../../protocol/channel';
import type { RunSummary } from '../../protocol/run';
import { runTarget } from '../commandTarget';
import { commandIds } from '../ids';
import { l10n } from '../l10n';
import { RefusedError } from '../refusedError';
import type { RunStore } from './runStore';

/**
 * The run that a command's arguments name, else the active one. Where it is not known yet, the roots are searched first:
 * a command may be what started the extension. Throws, saying what to do, where there is none; for one that is named and
 * gone no other stands in.
 */
export async function requireRun(runs: Pick<RunStore, 'active' | 'find' | 'refresh'>, args: readonly unknown[] = []): Promise<RunSummary> {
  const named = runTarget(args);
  const wanted = (): RunSummary | null => (named === null ? runs.active : runs.find(named));
  if (!wanted()) await runs.refresh({ rescan: true });
  const run = wanted();
  if (run) return run;
  if (named !== null) throw new ExpectedError(l10n.t('That run no longer exists. Select another one in the runs view.'));
  throw new RefusedError(l10n.t('No run has been found yet. Open the folder that your training job writes to, or add a directory to search for runs.'), [
    { title: l10n.t('Add Run Root…'), command: commandIds.addRunRoot },
    { title: l10n.t('How Runs Are Found'), command: commandIds.openDocs },
  ]);
}
