import { userMessage } from '../../core/datasetIndex';
import { isRecord, type JsonValue } from '../../core/json';
import { booleanOf, stepOf } from '../../core/writtenValue';
import { compressedEnd, foldersLike, type Folder, type LogFileName, type LogFormat, type RolloutRow } from '../logFormat';
import { rewardOf } from './fieldValues';
import { assistantLength, assistantText, responseIn } from './messageText';

const stepFolder = /^train_step_(\d+)_epoch_\d+$/;
const ownFolder = /^(?:train|val)_step_\d+_epoch_\d+$/;
const episodeFile = /^episode_hash.*\.json$/;
const innerFolder = 'episodes';
/** Of the model, the sandbox or the grader too, in later releases. */
const errorReason = /(?:^|_)error$/i;

/** How Python's `default=str` spells a task object; its text is no prompt. */
const spelledTask = 'Task(id=';

/**
 * rLLM's `episodes/train_step_S_epoch_E/episode_hash{task_hash}_id….json`: a file a rollout, which says itself whether it is
 * correct. Where its viewer is to find them they lie in `train_step_S_epoch_E/episodes` instead, and name no task.
 */
export const rllmFormat: LogFormat = {
  framework: 'rllm',
  kind: 'document',
  repeatedRollout: 'rerun',
  namesAreVague: false,
  ownsFolder: ownFolder,
  logFiles: stepFolders,
  documentNames: episodeFile,
  recogniseRow: () => 'episodes',
  readRow: (episode) => (isRecord(episode) && ('trajectories' in episode || 'is_correct' in episode) ? [readEpisode(episode)] : []),
};

function* stepFolders(folder: Folder): Generator<LogFileName> {
  for (const { name, number, folder: step } of foldersLike(folder, stepFolder)) {
    if (holdsEpisodes(step)) yield { name, step: number, launch: 0 };
    else if (step.folders.includes(innerFolder) && holdsEpisodes(step.open(innerFolder))) yield { name: `${name}/${innerFolder}`, step: number, launch: 0 };
  }
}

function holdsEpisodes(folder: Folder | null): boolean {
  return folder?.files.some((file) => episodeFile.test(file.replace(compressedEnd, ''))) === true;
}

function readEpisode(episode: Record<string, unknown>): RolloutRow {
  const trajectories = recordsIn(episode['trajectories']);
  const correct = booleanOf(episode['is_correct']);
  const reward = rewardIn(trajectories);
  const messages = chatOf(trajectories[0]);
  return {
    step: stepOf(episode['training_step']),
    explicitId: textIn(episode['task_hash']),
    prompt: promptOf(episode['task']) ?? userMessage(messages.slice(0, firstAnswer(messages))) ?? '',
    promptIsUserText: true,
    groundTruth: answerOf(episode['task']),
    reward,
    explicitCorrect: correct,
    explicitField: correct === null ? null : 'is_correct',
    lengthChars: assistantLength(messages),
    ...responseIn(assistantText(messages) ?? lastStep(trajectories[0])['model_response']),
    rolloutKey: keyOf(episode),
    split: 'train',
    scored: (correct !== null || reward !== null) && !failed(episode),
  };
}

/** Of several agents none is said to be the trained one, so there is no one reward. */
function rewardIn([trajectory, ...others]: readonly Record<string, unknown>[]): number | null {
  return others.length > 0 ? null : rewardOf(trajectory?.['reward'] ?? lastStep(trajectory)['reward']);
}

function keyOf({ episode_id: named, id, epoch, training_epoch: trained }: Record<string, unknown>): string | null {
  const name = textIn(named ?? id);
  return name === null ? null : JSON.stringify([name, epoch ?? trained]);
}

function promptOf(task: unknown): string | null {
  if (typeof task === 'string') return task.startsWith(spelledTask) ? null : task;
  if (!isRecord(task)) return null;
  const field = ['question', 'problem', 'prompt', 'messages', 'instruction'].find((name) => userMessage(task[name]) !== null);
  return field === undefined ? null : userMessage(task[field]);
}

function answerOf(task: unknown): JsonValue | undefined {
  if (!isRecord(task)) return undefined;
  // The episode was read by JSON.parse, so every value in it is JSON.
  return (task['ground_truth'] ?? task['answer'] ?? task['solution']) as JsonValue | undefined;
}

/** An error in the workflow leaves `is_correct` false, which is no wrong answer. */
function failed({ termination_reason: reason }: Record<string, unknown>): boolean {
  return typeof reason === 'string' && errorReason.test(reason);
}

/** The conversation as the last step saw it. */
function chatOf(trajectory: Record<string, unknown> | undefined): readonly Record<string, unknown>[] {
  return recordsIn(lastStep(trajectory)['chat_completions']);
}

function lastStep(trajectory: Record<string, unknown> | undefined): Record<string, unknown> {
  return recordsIn(trajectory?.['steps']).at(-1) ?? {};
}

function firstAnswer(messages: readonly Record<string, unknown>[]): number {
  const at = messages.findIndex(({ role }) => role === 'assistant');
  return at < 0 ? messages.length : at;
}

function textIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function recordsIn(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
