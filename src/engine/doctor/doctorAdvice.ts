import { lineLimits } from '../../logs/files/lineLimits';
import type { DoctorFix } from '../../protocol/doctor';
import type { ObservedRun } from '../observedRun';

/** What a trainer can be told to do better; absent where it cannot, or where nothing is missing. */
interface TrainerAdvice {
  /** So that it writes rollouts at all, and those of every step. */
  readonly log?: DoctorFix;
  /** So that rows say which problem they belong to. */
  readonly ids?: DoctorFix;
  readonly groundTruth?: DoctorFix;
  readonly gaps?: DoctorFix;
  readonly validation?: DoctorFix;
  readonly survivors?: DoctorFix;
  readonly misaligned?: DoctorFix;
}

/** Logging what the trainer's own log leaves out. */
export const neutralFix: DoctorFix = {
  advice: 'Make the reward function or the environment write neutral rollouts, with the id of the dataset row, the answer and the score:',
  setting: 'from cdas_lens.rollouts import RolloutWriter',
};

const verl: TrainerAdvice = {
  ids: {
    advice: 'verl up to 0.8 logs what the reward function returns: make it return a problem_id.',
    setting: 'custom_reward_function.path=pkg://cdas_lens.verl custom_reward_function.name=compute_score',
  },
  groundTruth: { advice: 'verl logs the answers since 0.6: update verl, or name the dataset.', setting: null },
  gaps: { advice: 'verl writes every step: look for the missing files where the trainer ran.', setting: 'trainer.rollout_data_dir=/shared/path/of/this/run' },
  validation: { advice: 'Give validation its own directory: at validation steps it overwrites the training dump.', setting: 'trainer.validation_data_dir=rollouts_val' },
  survivors: { advice: 'Groups with uniform reward reach the log only without the filter.', setting: 'algorithm.filter_groups.enable=false' },
  misaligned: { advice: 'If it filters groups, the DAPO recipe reorders the batch after it has taken the reward’s extra fields.', setting: 'algorithm.filter_groups.enable=false' },
};

const byTrainer: ReadonlyMap<string, TrainerAdvice> = new Map<string, TrainerAdvice>([
  ['verl', verl],
  [
    'trl',
    {
      ids: { advice: 'Make a reward function log the id of each row.', setting: 'log_extra("problem_id", problem_id)' },
      groundTruth: { advice: 'Make a reward function log the answer of each row.', setting: 'log_extra("ground_truth", solution)' },
      gaps: { advice: 'TRL writes completions every logging_steps steps.', setting: 'logging_steps=1' },
      validation: { advice: 'Evaluate in a separate run, or make a reward function log the split of each row: log_extra("split", split).', setting: 'eval_strategy="no"' },
    },
  ],
  [
    'ms-swift',
    {
      log: { advice: 'ms-swift writes completions.jsonl with', setting: '--log_completions true' },
      gaps: { advice: 'ms-swift writes completions every logging_steps steps.', setting: '--logging_steps 1' },
      validation: { advice: 'Evaluate in a separate run.', setting: '--eval_strategy no' },
      survivors: { advice: 'Dynamic sampling drops groups with uniform reward.', setting: '--dynamic_sample false' },
    },
  ],
  ['prime-rl', { survivors: { advice: 'Keep the “all” rollouts; “effective” holds only those trained on.', setting: 'rollouts/step_N/train/all/traces.jsonl' } }],
  ['nemo-rl', { survivors: { advice: 'Dynamic sampling drops groups with uniform reward.', setting: 'grpo.use_dynamic_sampling=false' } }],
  ['areal', { log: { advice: 'AReaL writes rollouts as text with', setting: 'rollout.dump_to_file=true rollout.tokenizer_path=/path/of/the/tokenizer' } }],
  [
    'roll',
    {
      log: { advice: 'ROLL writes rollouts where its configuration names an absolute path:', setting: 'rollout_dump_dir: /path/of/this/run/rollouts' },
      ids: { advice: 'ROLL logs the dataset’s id column: give each row its own id there.', setting: null },
    },
  ],
  ['rllm', { log: { advice: 'rLLM writes one file per episode with', setting: 'rllm.episode_logging.log_episodes=true' } }],
  ['skyrl', { log: { advice: 'SkyRL writes only its evaluation as text. Make the environment’s step write each finished training rollout:', setting: neutralFix.setting } }],
  ['tinker', { log: { advice: 'tinker-cookbook writes summaries unless this is off:', setting: 'rollout_json_export=True' }, ids: neutralFix }],
  [
    'open-instruct',
    {
      log: { advice: 'open-instruct writes rollouts as token ids with', setting: '--save_traces --rollouts_save_path /path/of/this/run/rollouts' },
      ids: neutralFix,
      survivors: { advice: 'The filter drops groups with uniform reward before they are written.', setting: 'filter_zero_std_samples=false' },
    },
  ],
  ['neutral', { ids: { advice: 'Pass the id of the dataset row to the writer.', setting: 'problem_id=…' }, groundTruth: { advice: 'Pass the answer to the writer.', setting: 'ground_truth=…' } }],
]);

/** What to do about a shortcoming of a run's log, by what wrote it; null where nothing is known to help. */
export function trainerFix(run: ObservedRun, what: keyof TrainerAdvice): DoctorFix | null {
  const { format, variant } = run.source;
  // The default trainer of verl 0.9 drops what the reward function returns from its training rows.
  if (what === 'ids' && format.framework === 'verl' && variant === 'G3') return null;
  return byTrainer.get(format.framework)?.[what] ?? null;
}

/** All that is known to make the log of a framework complete, what switches it on first; nothing for an unknown one. */
export function loggingAdvice(framework: string): readonly DoctorFix[] {
  const { log, ids, groundTruth, gaps, validation, survivors } = byTrainer.get(framework) ?? {};
  return [log, ids, groundTruth, gaps, validation, survivors].flatMap((fix) => fix ?? []);
}

function mebibytes(limit: 'maxBytes' | 'maxKeptBytes'): string {
  return `${lineLimits()[limit] >> 20} MiB`;
}

/** Keeping lines short enough to be read. */
export const longLineFix: DoctorFix = {
  advice: `Lines of up to ${mebibytes('maxBytes')} are read, or less if the whole line has to be parsed, with prompts, answers and ids of up to ${mebibytes('maxKeptBytes')}: log no per-token values (ids, masks, log probabilities), or fewer rollouts per line.`,
  setting: null,
};

/** Naming the dataset, in VS Code and on the command line. */
export const datasetFix: DoctorFix = {
  advice: 'Name the training dataset (JSON lines or parquet): in VS Code with this setting, on the command line with --dataset FILE.',
  setting: '"cdasLens.dataset": "path/to/train.jsonl"',
};

/** Saying from which score on a rollout is correct; the middle of the scale stands as the example. */
export function thresholdFix({ rule }: ObservedRun): DoctorFix {
  const middle = rule.kind === 'soft' ? Number(((rule.min + rule.max) / 2).toPrecision(3)) : 0.5;
  return {
    advice: 'Set the least score of a correct rollout: in VS Code with this setting, on the command line with --threshold X; for example',
    setting: `"cdasLens.correctThreshold": ${middle}`,
  };
}
