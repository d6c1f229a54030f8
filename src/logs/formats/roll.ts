import { idOf, userMessage } from '../../core/datasetIndex';
import { isRecord, type JsonValue } from '../../core/json';
import { filesLike, type LogFormat, type RolloutRow } from '../logFormat';
import { lengthOf, rewardOf, stepOf } from './fieldValues';
import { responseIn } from './messageText';

/** ROLL's `rollout_dump_data.step_N.jsonl`: one line a file, a table of columns with the dataset's own ids. */
export const rollFormat: LogFormat = {
  framework: 'roll',
  kind: 'lines',
  repeatedRollout: 'rerun',
  namesAreVague: false,
  logFiles: (folder) => filesLike(folder, /^rollout_dump_data\.step_(\d+)\.jsonl$/),
  recogniseRow: (row) => (Array.isArray(row['prompt']) && Array.isArray(row['scores']) ? 'rlvr' : null),
  readRow: (table) => (isRecord(table) ? readTable(table) : []),
};

function readTable(table: Record<string, unknown>): readonly RolloutRow[] {
  const column = (name: string): readonly unknown[] => (Array.isArray(table[name]) ? table[name] : []);
  const [prompts, responses, scores, ids] = [column('prompt'), column('responses'), column('scores'), column('id')];
  const [messages, answers, steps] = [column('messages'), column('ground_truth'), column('global_step')];
  return prompts.slice(0, responses.length).map((prompt, row) => {
    const bare = userTextIn(messages[row]);
    return {
      step: stepOf(steps[row] ?? table['global_step']),
      explicitId: idOf(ids[row], () => null),
      prompt: bare ?? (typeof prompt === 'string' ? prompt : ''),
      promptIsUserText: bare !== null,
      // The line was read by JSON.parse, so every value in it is JSON.
      groundTruth: (answers[row] ?? undefined) as JsonValue | undefined,
      reward: rewardOf(scores[row]),
      explicitCorrect: null,
      explicitField: null,
      lengthChars: lengthOf(responses[row]),
      ...responseIn(responses[row]),
      rolloutKey: null,
      split: 'train',
      scored: true,
    };
  });
}

/** The last user message of messages that are written as JSON text. */
function userTextIn(messages: unknown): string | null {
  if (typeof messages !== 'string') return null;
  try {
    const parsed: unknown = JSON.parse(messages);
    return Array.isArray(parsed) ? userMessage(parsed) : null;
  } catch {
    // Another environment's way to write messages: the prompt column serves.
    return null;
  }
}
