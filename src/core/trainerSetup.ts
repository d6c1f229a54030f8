/** The frameworks that the trainer package has a part for. */
export const setupFrameworks = ['verl', 'trl', 'prime-rl', 'slime', 'nemo-rl', 'openrlhf', 'other'] as const;

/** One of them. */
export type SetupFramework = (typeof setupFrameworks)[number];

/** What the lines depend on. */
export interface SetupPlaces {
  /** The curation directory, absolute. */
  readonly curationDirectory: string;
  /** Where the package was copied, as a person in the project types it. */
  readonly packageDirectory: string;
  readonly run: string | null;
}

/** One thing to do, and the exact lines. */
export interface SetupPart {
  readonly what: string;
  readonly language: 'sh' | 'python' | 'toml';
  readonly lines: readonly string[];
}

type Parts = (places: SetupPlaces & { readonly dir: string; readonly name: string }) => readonly SetupPart[];

const verl: Parts = ({ dir }) => [
  {
    what: 'verl 0.8 and later: add these overrides to the training command.',
    language: 'sh',
    lines: [
      'data.custom_cls.path=pkg://cdas_lens.verl \\',
      'data.custom_cls.name=CuratedDataset \\',
      `+data.cdas.dir=${shellWord(hydraValue(dir))} \\`,
      'data.dataloader_num_workers=1 \\',
      'trainer.rollout_data_dir=/path/of/this/run/rollouts',
    ],
  },
  {
    what: 'verl 0.5 to 0.7: add these instead; CDAS then also chooses the batches.',
    language: 'sh',
    lines: [
      'data.custom_cls.path=pkg://cdas_lens.verl \\',
      'data.custom_cls.name=CuratedDataset \\',
      `+data.cdas.dir=${shellWord(hydraValue(dir))} \\`,
      'data.sampler.class_path=pkg://cdas_lens.verl \\',
      'data.sampler.class_name=CdasCurriculumSampler \\',
      'data.dataloader_num_workers=0 \\',
      'trainer.rollout_data_dir=/path/of/this/run/rollouts',
    ],
  },
];

const trl: Parts = ({ dir, run }) => [
  {
    what: 'Use this class as the trainer; it takes the same arguments as GRPOTrainer.',
    language: 'python',
    lines: [
      'from cdas_lens.trl import CuratedGRPOTrainer',
      '',
      'trainer = CuratedGRPOTrainer(',
      '    model=model, reward_funcs=reward_funcs, args=args, train_dataset=train_dataset,',
      `    cdas={"dir": ${pythonText(dir)}${run === null ? '' : `, "run": ${pythonText(run)}`}},`,
      ')',
    ],
  },
];

const primeRl: Parts = ({ dir, name }) => [
  {
    what: 'Save this as my_curated.py on the Python path; batch is the number of prompts per step.',
    language: 'python',
    lines: [
      'from my_environment import MyTaskset',
      'from cdas_lens.prime_rl import curated',
      '',
      `CuratedTaskset = curated(MyTaskset, directory=${pythonText(dir)}, run=${pythonText(name)}, batch=64)`,
      '__all__ = ["CuratedTaskset"]',
    ],
  },
  { what: 'Use it as the taskset of the training environment (not of an evaluation).', language: 'toml', lines: ['id = "my_curated"', 'ratio = 1.0'] },
];

const slime: Parts = (places) => [
  environment(places),
  {
    what: 'Add these arguments to the training command.',
    language: 'sh',
    lines: [
      '--data-source-path cdas_lens.slime.CuratedDataSource \\',
      '--rollout-all-samples-process-path cdas_lens.slime.observe \\',
      '--custom-rollout-log-function-path cdas_lens.slime.log_rollout_data',
    ],
  },
];

const nemoRl: Parts = (places) => [
  environment(places),
  {
    what: 'Add these overrides to the training command.',
    language: 'sh',
    lines: ['data.use_multiple_dataloader=true \\', 'data.custom_dataloader=cdas_lens.nemo_rl.curated_dataloader'],
  },
];

const openRlhf: Parts = ({ dir }) => [
  {
    what: 'Save this as the file that --reward.remote_url names. OpenRLHF has no hook for pins and exclusions, so only relabels are followed; rollouts are logged.',
    language: 'python',
    lines: [
      'from cdas_lens.openrlhf import logged',
      'from my_rewards import score',
      '',
      '# rollouts_per_step: rollout batch size times samples per prompt',
      `reward_func = logged(score, rollouts="/path/of/this/run/rollouts", rollouts_per_step=1024, directory=${pythonText(dir)})`,
    ],
  },
];

const other: Parts = ({ dir, name }) => [
  {
    what: 'In your own trainer, draw the batches from this iterator.',
    language: 'python',
    lines: [
      'from cdas_lens.batches import CuratedBatches',
      '',
      `batches = CuratedBatches(rows, ${pythonText(dir)}, batch_size=64, run=${pythonText(name)}, rollouts="/path/of/this/run/rollouts")`,
      'for batch in batches:',
      '    ...  # item.data is a row; batches.observe((item, correct) for …), batches.log(…), batches.state_dict()',
    ],
  },
];

const partsOf: Readonly<Record<SetupFramework, Parts>> = { verl, trl, 'prime-rl': primeRl, slime, 'nemo-rl': nemoRl, openrlhf: openRlhf, other };

/** What makes a training job obey decisions: the exact lines for its framework. */
export function setupParts(framework: SetupFramework, places: SetupPlaces): readonly SetupPart[] {
  return [installPart(places), ...partsOf[framework]({ ...places, dir: places.curationDirectory, name: places.run ?? 'my-run' })];
}

/** The same for a trainer that is handed its dataset in Python; `what` says where. */
export function datasetParts(what: string, places: SetupPlaces): readonly SetupPart[] {
  const lines = [
    'from cdas_lens.rows import CuratedRows',
    '',
    '# rows_per_step: the rows that a process fetches for a training step; where several fetch rows of their own,',
    '# also process=RANK, processes=WORLD_SIZE',
    `train_dataset = CuratedRows(train_dataset, ${pythonText(places.curationDirectory)}, rows_per_step=64, run=${pythonText(places.run ?? 'my-run')})`,
  ];
  return [installPart(places), { what, language: 'python', lines }];
}

function installPart({ packageDirectory }: SetupPlaces): SetupPart {
  return { what: 'Install the package on every node that runs the trainer.', language: 'sh', lines: [`pip install ${shellWord(packageDirectory)}`] };
}

function environment({ dir, name }: { readonly dir: string; readonly name: string }): SetupPart {
  return {
    what: 'Set these environment variables for the training job.',
    language: 'sh',
    lines: [`export CDAS_LENS_DIR=${shellWord(dir)}`, `export CDAS_LENS_RUN=${shellWord(name)}`],
  };
}

/** The framework of a run's log, as far as the package has a part for it. */
export function setupFrameworkOfLog(framework: string): SetupFramework | null {
  return setupFrameworks.find((known) => known === framework && known !== 'other') ?? null;
}

// Names of packages as requirements files and imports write them; frameworks that build on another come before it.
const mentions: readonly (readonly [SetupFramework, RegExp])[] = [
  ['openrlhf', /\bopenrlhf\b/i],
  ['nemo-rl', /\bnemo[-_]rl\b/i],
  ['slime', /\bslime(?:[.]rollout|_plugins)\b|\bTHUDM\/slime\b/i],
  ['prime-rl', /\bprime[-_]rl\b/i],
  ['verl', /\bverl\b/i],
  ['trl', /\btrl\b/i],
];

/** The framework that the texts of a project (requirements, scripts) speak of; null where they speak of none or several. */
export function setupFrameworkOfProject(texts: readonly string[]): SetupFramework | null {
  const found = mentions.filter(([, pattern]) => texts.some((text) => pattern.test(text)));
  return found.length === 1 ? (found[0]?.[0] ?? null) : null;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A text as Hydra's grammar of overrides takes it: bare it may hold little, and no letter beyond ASCII. */
function hydraValue(text: string): string {
  if (/^[\w@%+:./-]+$/.test(text)) return text;
  // Backslashes count only before a quote, and there twice.
  return `'${text.replace(/\\+(?='|$)/g, '$&$&').replaceAll("'", "\\'")}'`;
}

function pythonText(text: string): string {
  return JSON.stringify(text);
}
