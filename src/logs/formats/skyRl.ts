import { idOf } from '../../core/datasetIndex';
import { isRecord, type JsonValue } from '../../core/json';
import { filesLike, foldersLike, type Folder, type LogClaims, type LogFileName, type LogFormat, type RolloutRow, type RowContext } from '../logFormat';
import { lengthOf, rewardOf } from './fieldValues';
import { responseIn } from './messageText';

/** Of an evaluation without training, which is shown at step 0, or of one at a step. */
const evaluationFolder = /^(?:eval_only|global_step_(\d+)_evals)$/;
/** How chat templates begin what the model says. */
const answerHeader = /<\|im_start\|>assistant|<\|start_header_id\|>assistant|<start_of_turn>model|<｜Assistant｜>/g;
const stepWiseNote =
  'Some prompts contain earlier answers. With step-wise trajectories (generator.step_wise_trajectories), SkyRL writes one row per turn and does not say which rows belong together: the groups shown then count turns, and only the last turn of a rollout has its score.';

/** SkyRL's `dumped_evals/global_step_N_evals/{data source}.jsonl`, or `eval_only/…`: evaluation, the only rollouts that it writes as text. */
export const skyRlFormat: LogFormat = {
  framework: 'skyrl',
  kind: 'lines',
  repeatedRollout: 'rerun',
  namesAreVague: false,
  evaluationOnly: true,
  ownsFolder: evaluationFolder,
  logFiles: evaluationFiles,
  recogniseRow: (row) => ('input_prompt' in row && 'output_response' in row ? 'evaluation' : null),
  readRow: (row, context) => (isRecord(row) && typeof row['input_prompt'] === 'string' ? [readRollout(row, row['input_prompt'], context)] : []),
  slim: { leftOut: [], measured: ['output_response'] },
  claims: () => evaluation,
};

const evaluation: LogClaims = {
  passRates: false,
  identity: true,
  survivors: false,
  why: 'SkyRL logs evaluation only: these are not training rollouts, and no pass rate, difficulty or competence of training is computed from them. Have the environment write neutral rollouts (cdas_lens.rollouts) during training.',
};

function* evaluationFiles(folder: Folder): Generator<LogFileName> {
  for (const { name, number, folder: step } of foldersLike(folder, evaluationFolder)) {
    // The aggregate is a line of metrics.
    for (const file of filesLike(step, /^(?!aggregated_results\.).*\.jsonl$/)) yield { name: `${name}/${file.name}`, step: number, launch: 0 };
  }
}

function readRollout(row: Record<string, unknown>, prompt: string, context: RowContext): RolloutRow {
  const extras = recordIn(row['env_extras']);
  const info = recordIn(extras['extra_info']);
  const index = idOf(info['index'], () => context.rawNumber(['env_extras', 'extra_info', 'index']));
  const source = row['data_source'];
  return {
    step: null,
    // Row numbers are only unique within a data source.
    explicitId: index === null ? null : `${typeof source === 'string' ? source : ''}#${index}`,
    prompt,
    promptIsUserText: false,
    // The row was read by JSON.parse, so every value in it is JSON.
    groundTruth: recordIn(extras['reward_spec'])['ground_truth'] as JsonValue | undefined,
    reward: rewardOf(row['score']),
    explicitCorrect: null,
    explicitField: null,
    lengthChars: lengthOf(row['output_response']),
    ...responseIn(row['output_response']),
    rolloutKey: null,
    split: 'val',
    scored: true,
    ...((prompt.match(answerHeader)?.length ?? 0) > 1 && { note: stepWiseNote }),
  };
}

function recordIn(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
