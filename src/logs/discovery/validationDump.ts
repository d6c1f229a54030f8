import path from 'node:path';
import { FolderReader } from '../files/folderReader';
import type { Folder, LogClaims, LogFileName } from '../logFormat';
import type { RecognisedLog } from '../runSource';
import { readFirstRow } from './firstRow';

/** Those who log validation as they log training, in a directory of another name. */
const unmarkedValidation: ReadonlySet<string> = new Set(['verl', 'areal']);
const validationName = /(?:^|[_-])(?:val|valid|validation|eval|test)(?:[_-]|$)/i;
/** So many dumps with steps between each of them and the next are no dumps of training, which has every step. */
const enoughDumps = 3;

/** What is read from validation: nothing about training. */
export const validationClaims: LogClaims = {
  passRates: false,
  identity: true,
  survivors: false,
  why: 'This directory holds validation rollouts: they are shown, but no pass rate, difficulty or competence of training is computed from them. Open the directory that trainer.rollout_data_dir names (AReaL: “rollout”). If these are training rollouts after all, say so with a field mapping.',
};

/** Whether a log of which no configuration says what it is holds validation: by the directory's name, or by what verl adds to validation alone. */
export function isValidation(directory: string, { format, advice }: RecognisedLog, folder: Folder = new FolderReader().open(directory)): boolean {
  if (advice !== undefined || !unmarkedValidation.has(format.framework)) return false;
  return validationName.test(path.basename(directory)) || (format.framework === 'verl' && isVerlValidation(directory, Array.from(format.logFiles(folder))));
}

/** verl validates before the first step and then now and then, and adds `reward` to these rows; training begins with step 1. */
function isVerlValidation(directory: string, files: readonly LogFileName[]): boolean {
  const steps = files.map(({ step }) => step ?? 0);
  const isSpaced = steps.length >= enoughDumps && steps.every((step, at) => at === 0 || step - (steps[at - 1] ?? step) > 1);
  const [first] = files;
  if (first === undefined || (first.step !== 0 && !isSpaced)) return false;
  return typeof readFirstRow(path.join(directory, first.name))?.['reward'] === 'number';
}
