/** A number that a strategy may be given. */
export interface ParameterSpec {
  readonly name: string;
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
  readonly help: string;
}

/** Numbers that a strategy may be given, as somebody stated them. */
export type StrategyParameters = Readonly<Record<string, unknown>>;

/** A strategy as people choose it. */
export interface StrategySpec {
  readonly name: string;
  readonly summary: string;
  readonly parameters: readonly ParameterSpec[];
}

const share = (name: string, fallback: number, help: string): ParameterSpec => ({ name, fallback, min: 0, max: 1, help });

/** Every strategy that sampler.json can name, with its parameters. No two have a parameter of the same name. package.json and the schema repeat them; a test compares. */
export const strategySpecs: readonly StrategySpec[] = [
  { name: 'cdas', summary: 'CDAS: the problems whose difficulty is nearest to competence, half of them harder and half easier.', parameters: [] },
  { name: 'random', summary: 'Uniform: every problem once before any comes again.', parameters: [] },
  { name: 'static-curriculum', summary: 'From easy to hard, by the difficulty that the dataset gives, else by the pass rate so far.', parameters: [] },
  { name: 'prioritized', summary: 'Weight 1 - s, where s is the pass rate so far (Kimi k1.5).', parameters: [] },
  { name: 'learnability', summary: 'Weight p (1 - p), where p is the pass rate so far.', parameters: [] },
  { name: 'dynamic-sampling', summary: 'Only problems whose last group was neither all correct nor all wrong, as DAPO filters.', parameters: [] },
  {
    name: 'balanced-filter',
    summary: 'Only problems whose pass rate so far lies within a band.',
    parameters: [share('low', 0.2, 'lowest pass rate'), share('high', 0.8, 'highest pass rate')],
  },
  {
    name: 'mopps',
    summary: 'MoPPS: draws a pass rate for each problem from its counts and takes those nearest to a target.',
    parameters: [
      share('target', 0.5, 'target pass rate'),
      share('decay', 0.5, 'share of the earlier counts that is kept at each step'),
      share('candidates', 1, 'share of the problems that get a draw'),
    ],
  },
  {
    name: 'difficulty-pools',
    summary: 'Three pools by the last pass rate, each with a share of the batch, as in prime-rl.',
    parameters: [
      share('easyFrom', 0.75, 'lowest pass rate of an easy problem'),
      share('hardTo', 0.25, 'highest pass rate of a hard problem'),
      share('easy', 0.1, 'share of the batch from the easy pool'),
      share('normal', 0.8, 'share of the batch from the normal pool'),
      share('hard', 0.1, 'share of the batch from the hard pool'),
    ],
  },
  { name: 'drop-solved', summary: 'At random, leaving out solved problems.', parameters: [share('solved', 0.9, 'lowest pass rate of a solved problem')] },
  {
    name: 'adarft',
    summary: 'AdaRFT: the problems nearest to a target difficulty that follows the mean reward.',
    parameters: [
      share('desired', 0.5, 'target mean pass rate'),
      { name: 'sensitivity', fallback: 2, min: 0, max: 100, help: 'how strongly the target responds to the mean' },
      share('rate', 0.5, 'largest step of the target'),
    ],
  },
];

/** The strategy of a name. */
export function strategySpec(name: string): StrategySpec | undefined {
  return strategySpecs.find((spec) => spec.name === name);
}

/** Parameters that are the least and the greatest value of a range. */
export const orderedBounds = [
  ['low', 'high'],
  ['hardTo', 'easyFrom'],
] as const;

/** Whether a value can be followed; one beyond the range may make a draw never end. */
export function fitsParameter({ min, max }: ParameterSpec, value: unknown): value is number {
  return typeof value === 'number' && value >= min && value <= max;
}

/**
 * Every parameter by name as it is followed, by the trainer package too: the stated number, or the default where that is
 * missing, out of range or one of two bounds in the wrong order.
 */
export function followedParameters(stated: StrategyParameters): ReadonlyMap<string, number> {
  const specs = strategySpecs.flatMap(({ parameters }) => parameters);
  const followed = new Map(specs.map((spec) => [spec.name, fitsParameter(spec, stated[spec.name]) ? Number(stated[spec.name]) : spec.fallback]));
  for (const bounds of orderedBounds) {
    const [least = 0, greatest = 0] = bounds.map((name) => followed.get(name));
    if (least <= greatest) continue;
    for (const spec of specs) if (bounds.some((name) => name === spec.name)) followed.set(spec.name, spec.fallback);
  }
  return followed;
}
