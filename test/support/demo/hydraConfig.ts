import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { learningRate, rolloutsPerGroup, saveEverySteps, testEverySteps } from './hyperparameters';
import { experimentName, projectName } from './runFiles';
import type { DemoSettings } from './settings';

/** Writes `outputs/<date>/<time>/.hydra/`, which verl leaves at every launch and by which a log finds its settings. */
export function writeHydraConfig(dir: string, settings: DemoSettings, launchedAt: Date): void {
  const [date, time] = localDateAndTime(launchedAt);
  const folder = join(dir, 'outputs', date, time, '.hydra');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.yaml'), configYaml(settings));
  writeFileSync(join(folder, 'hydra.yaml'), 'hydra:\n  run:\n    dir: outputs/${now:%Y-%m-%d}/${now:%H-%M-%S}\n');
  writeFileSync(join(folder, 'overrides.yaml'), `- trainer.rollout_data_dir=rollouts\n- data.seed=${settings.seed}\n- data.train_batch_size=${settings.batch}\n`);
}

function configYaml({ seed, batch }: DemoSettings): string {
  return `data:
  train_files: train.jsonl
  val_files: null
  prompt_key: prompt
  train_batch_size: ${batch}
  shuffle: true
  seed: ${seed}
  dataloader_num_workers: 0
actor_rollout_ref:
  model:
    path: demo/tiny-arithmetic-mlp
  actor:
    optim:
      lr: ${learningRate}
  rollout:
    name: demo
    temperature: 1.0
    n: ${rolloutsPerGroup}
algorithm:
  adv_estimator: grpo
  norm_adv_by_std_in_grpo: true
  filter_groups:
    enable: false
trainer:
  balance_batch: false
  project_name: ${projectName}
  experiment_name: ${experimentName}
  logger:
  - console
  - file
  val_before_train: false
  save_freq: ${saveEverySteps}
  test_freq: ${testEverySteps}
  default_local_dir: checkpoints/\${trainer.project_name}/\${trainer.experiment_name}
  rollout_data_dir: rollouts
  validation_data_dir: null
`;
}

function localDateAndTime(at: Date): [date: string, time: string] {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return [date, `${two(at.getHours())}-${two(at.getMinutes())}-${two(at.getSeconds())}`];
}
