import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { FolderReader } from '../files/folderReader';
import type { Folder, LogFormat } from '../logFormat';
import { readShape } from './logShape';

/** A run that was recognised by what lies around, and whose rollouts are not there to read. */
export interface SilentLog {
  readonly format: LogFormat;
  readonly variant: string;
  /** What to switch on so that the next steps can be read, one or more sentences. */
  readonly advice: string;
  /** The line that does it, where it is one; the advice ends in it. */
  readonly setting?: string;
}

const headBytes = 4096;
/** So many files of a directory are looked into: checkpoints have very many of such names. */
const maxProbes = 8;

/** A run whose rollouts are only there as pickle, which is never loaded, or not at all; null when the directory shows none. */
export function recogniseSilentLog(directory: string, folder: Folder): SilentLog | null {
  const shows = (name: string, word: string): boolean => beginsWith(path.join(directory, name), word);
  // The name is a template of the user's with the number of the rollout in it.
  const numbered = folder.files.filter((name) => /\d\.pt$/.test(name));
  if (numbered.slice(0, maxProbes).some((name) => shows(name, 'rollout_id'))) return slimePickle;
  if (folder.files.some((name) => /^global_step_\d+_training_input\.pkl$/.test(name))) return skyRlPickle;
  if (folder.files.some((name) => name.endsWith('_cdas.json') && shows(name, '"model_abilities"')) && !hasLogBeside(directory)) return cdasState;
  if (holdsSlimeCheckpoints(folder)) return slimeCheckpoints;
  return holdsTrajectories(directory, folder) ? nemoRlTrajectories : null;
}

function holdsSlimeCheckpoints(folder: Folder): boolean {
  if (!folder.files.includes('latest_checkpointed_iteration.txt') || !folder.folders.includes('rollout')) return false;
  return folder.open('rollout')?.files.some((name) => /^global_dataset_state_dict_\d+\.pt$/.test(name)) === true;
}

/** Whether NeMo-RL's single controller wrote its trajectories there, a directory for each step. */
function holdsTrajectories(directory: string, folder: Folder): boolean {
  const step = folder.folders.find((name) => /^step=\d{8,}$/.test(name));
  const part = step === undefined ? undefined : folder.open(step)?.files.find((name) => /^part-[0-9a-f]{32}\.parquet$/.test(name));
  if (step === undefined || part === undefined) return false;
  const columns = readShape(path.join(directory, step, part), 'table') ?? {};
  return ['sample_id', 'reward', 'final_sample_mask', 'input_ids'].every((name) => name in columns);
}

/** Whether a log of the run that left a state in a directory lies there, above or next to it. */
function hasLogBeside(directory: string): boolean {
  try {
    const above = new FolderReader().open(path.dirname(directory));
    const folders = [above, ...above.folders.map((name) => above.open(name))];
    return folders.some((folder) => folder?.files.some((name) => /_sampling\.json|^\d+\.jsonl/.test(name)) === true);
  } catch {
    // Nobody may look there, so nothing is known of a log.
    return false;
  }
}

/** verl's own configuration switches the rollout dump off, as it is by default. */
export function silentVerl(launchDirectory: string): SilentLog {
  const setting = `trainer.rollout_data_dir=${path.join(launchDirectory, 'rollouts')}`;
  return { format: silentFormat('verl'), variant: 'no rollouts', advice: `verl does not log rollouts in this run. Add this to its command line: ${setting}`, setting };
}

const slimeSetting = '--custom-rollout-log-function-path cdas_lens.slime.log_rollout_data';
const slimeHook = `Install cdas_lens on its nodes and add this to its command line: ${slimeSetting}`;

const slimePickle: SilentLog = {
  format: silentFormat('slime'),
  variant: 'pickle',
  advice: `slime wrote these rollouts as pickle (.pt), which is not read because loading it can run code. ${slimeHook}`,
  setting: slimeSetting,
};

const slimeCheckpoints: SilentLog = {
  format: silentFormat('slime'),
  variant: 'no rollouts',
  advice: `slime does not log rollouts in this run. ${slimeHook}`,
  setting: slimeSetting,
};

const cdasState: SilentLog = {
  format: silentFormat('cdas'),
  variant: 'ratings only',
  advice:
    'The CDAS authors’ trainer stored only its ratings here, not the rollouts behind them. At every step it also writes {experiment}_sampling.json to its sampling log directory: put that file next to this one.',
};

const nemoRlTrajectories: SilentLog = {
  format: silentFormat('nemo-rl'),
  variant: 'trajectories',
  advice:
    'NeMo-RL’s trajectory log (parquet) has token ids but no text, so it is not read. Have NeMo-RL also write its training data as JSON lines (train_data_step1.jsonl and so on, in its logger’s directory), or have the environment write neutral rollouts (cdas_lens.rollouts).',
};

const skyRlPickle: SilentLog = {
  format: silentFormat('skyrl'),
  variant: 'pickle',
  advice:
    'SkyRL wrote its training batches as pickle (trainer.dump_data_batch), which is not read because loading it can run code. Have the environment’s step pass each finished rollout to cdas_lens.rollouts.RolloutWriter.write; for evaluation, trainer.dump_eval_results=true writes files that are read.',
};

/** There is nothing to read, whatever is in the directory. */
function silentFormat(framework: string): LogFormat {
  return { framework, kind: 'lines', repeatedRollout: 'rerun', namesAreVague: false, logFiles: () => [], recogniseRow: () => null, readRow: () => [] };
}

/** These files begin with the names of what they hold, by which they are told from others of such a name. Nothing is unpickled. */
function beginsWith(file: string, word: string): boolean {
  try {
    const fd = openSync(file, 'r');
    try {
      const head = Buffer.alloc(headBytes);
      return head.subarray(0, readSync(fd, head, 0, headBytes, 0)).includes(word);
    } finally {
      closeSync(fd);
    }
  } catch {
    // Not readable: nothing is known of it.
    return false;
  }
}
