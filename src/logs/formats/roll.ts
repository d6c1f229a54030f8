import { idOf, userMessage } from '../../core/datasetIndex';
import { isRecord, type JsonValue } from '../../core/json';
import { stepOf } from '../../core/writtenValue';
import { filesLike, type LogClaims, type LogFormat, type RolloutRow } from '../logFormat';
import { lengthOf, rewardOf } from './fieldValues';
import { responseIn } from './messageText';

const [named, unnamed] = ['agentic', 'agentic, no task_idx'];

/**
 * ROLL's `rollout_dump_data.step_N.jsonl`: one line a file, a table of columns with the dataset's own ids. Those of the
 * agentic pipeline differ by environment; its documented ones are the index of the task and the score of the episode.
 */
export const rollFormat: LogFormat = {
  framework: 'roll',
  kind: 'lines',
  repeatedRollout: 'rerun',
  namesAreVague: false,
  logFiles: (folder) => filesLike(folder, /^rollout_dump_data\.step_(\d+)\.jsonl$/),
  recogniseRow: (row) => {
    if (Array.isArray(row['prompt']) && Array.isArray(row['scores'])) return 'rlvr';
    return Array.isArray(row['episode_score']) ? (Array.isArray(row['task_idx']) ? named : unnamed) : null;
  },
  readRow: (table) => {
    if (!isRecord(table)) return [];
    return Array.isArray(table['episode_score']) ? readEpisodes(table) : readTable(table);
  },
  slim: { leftOut: [], measured: ['responses[]', 'save_content[]'] },
  claims: (variant) => (variant === unnamed ? withoutTasks : null),
};

const withoutTasks: LogClaims = {
  passRates: false,
  identity: false,
  survivors: false,
  why: 'The environment dumps no task_idx, so it is unknown which episodes belong to the same task: no pass rate, difficulty or competence is computed from this log. Add task_idx to the environment’s columns_config.',
};

function readEpisodes(table: Record<string, unknown>): readonly RolloutRow[] {
  const column = (name: string): readonly unknown[] => (Array.isArray(table[name]) ? table[name] : []);
  const [tasks, modes, contents, steps] = [column('task_idx'), column('mode'), column('save_content'), column('global_step')];
  return column('episode_score').map((score, row) => ({
    step: stepOf(steps[row] ?? table['global_step']),
    explicitId: idOf(tasks[row], () => null) ?? `episode ${row}`,
    prompt: '',
    promptIsUserText: true,
    groundTruth: undefined,
    reward: rewardOf(score),
    explicitCorrect: null,
    explicitField: null,
    lengthChars: null,
    ...responseIn(contents[row]),
    rolloutKey: null,
    split: modes[row] === undefined || modes[row] === 'train' ? 'train' : 'val',
    scored: true,
  }));
}

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
