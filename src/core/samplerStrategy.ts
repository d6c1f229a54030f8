import type { CdasMode } from './cdas';
import { isRecord, type JsonValue } from './json';
import { fitsParameter, orderedBounds, strategySpec, strategySpecs, type StrategyParameters, type StrategySpec } from './strategies/strategySpecs';

/**
 * How CDAS begins. `first-epoch`: the first pass over the dataset is drawn uniformly and gives the difficulties;
 * `none`: CDAS chooses from the first batch on.
 */
export type Warmup = 'first-epoch' | 'none';

/**
 * The `strategy` of sampler.json: how the trainer is to choose its batches. Parameters of the named strategy stand
 * beside the other fields.
 */
export interface SamplerStrategy {
  /** `cdas` or another name of `strategySpecs`; a newer version may write names that are not known here. */
  readonly name: string;
  readonly mode: CdasMode;
  readonly warmup: Warmup;
  /** CDAS only: half of each batch from either side of competence. */
  readonly symmetric: boolean;
  /** A safe integer. */
  readonly seed: number;
  readonly [parameter: string]: JsonValue;
}

/** What a person wants changed in the strategy; what is null stays as sampler.json has it. */
export interface StrategyChoice {
  readonly name: string | null;
  readonly seed: number | null;
  readonly warmup: Warmup | null;
  /** Only the parameters to change. */
  readonly parameters: StrategyParameters;
}

/** The strategy where no sampler.json states one. */
export const defaultStrategy: SamplerStrategy = { name: 'cdas', mode: 'paper', warmup: 'first-epoch', symmetric: true, seed: 1 };

/** The choice that changes nothing. */
export const unchangedStrategy: StrategyChoice = { name: null, seed: null, warmup: null, parameters: {} };

const ownFields = Object.keys(defaultStrategy);

/**
 * The strategy of sampler.json with a choice applied to it. Parameters of the present strategy are kept as long as the
 * name stays; a newly named one begins with its defaults. Where any part of the choice is impossible (an unknown name or
 * parameter, a value out of range, a seed that is no whole number) nothing of it is applied: `problems` says why, in
 * sentences for the person who chose, and `strategy` is the present one.
 */
export function chooseStrategy(present: SamplerStrategy, choice: StrategyChoice): { readonly strategy: SamplerStrategy; readonly problems: readonly string[] } {
  const name = choice.name ?? present.name;
  const kept = name === present.name ? parametersOf(present) : {};
  const problems = [
    ...nameProblems(choice.name),
    ...parameterProblems(name, choice.parameters),
    ...orderProblems(name, kept, choice.parameters),
    ...seedProblems(choice.seed),
  ];
  if (problems.length > 0) return { strategy: present, problems };
  const strategy = {
    name,
    mode: present.mode,
    warmup: choice.warmup ?? present.warmup,
    symmetric: present.symmetric,
    seed: choice.seed ?? present.seed,
    ...kept,
    // parameterProblems has found them to be numbers.
    ...(choice.parameters as Readonly<Record<string, number>>),
  };
  return { strategy, problems };
}

/**
 * The fields of a strategy that are parameters: all but name, mode, warm-up, symmetric and seed, in the order they
 * stand there.
 */
export function parametersOf(strategy: SamplerStrategy): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(Object.entries(strategy).filter(([field]) => !ownFields.includes(field)));
}

/**
 * The parameters by which trainers weigh new observations once this strategy chooses; null for `cdas` and `random`,
 * under which those of the strategy before stay in use.
 */
export function weighingParameters(strategy: SamplerStrategy): Readonly<Record<string, JsonValue>> | null {
  return strategy.name === 'cdas' || strategy.name === 'random' ? null : parametersOf(strategy);
}

/**
 * Reads the `strategy` of a sampler.json or a receipt. A field that is missing or that trainers cannot follow has its
 * default; names and parameters that are not known here are kept, as a newer version may have written them.
 */
export function readStrategy(value: unknown): SamplerStrategy {
  if (!isRecord(value)) return defaultStrategy;
  const { name, mode, warmup, symmetric, seed, ...rest } = value;
  return {
    name: typeof name === 'string' && name !== '' ? name : defaultStrategy.name,
    mode: mode === 'official-compat' ? mode : defaultStrategy.mode,
    warmup: warmup === 'none' ? warmup : defaultStrategy.warmup,
    symmetric: typeof symmetric === 'boolean' ? symmetric : defaultStrategy.symmetric,
    seed: Number.isSafeInteger(seed) ? Number(seed) : defaultStrategy.seed,
    // What stood in a JSON file is JSON.
    ...(rest as Readonly<Record<string, JsonValue>>),
  };
}

function nameProblems(name: string | null): string[] {
  if (name === null || strategySpec(name) !== undefined) return [];
  return [`Unknown strategy ${JSON.stringify(name)}; use one of ${strategySpecs.map((spec) => spec.name).join(', ')}.`];
}

function seedProblems(seed: number | null): string[] {
  return seed === null || Number.isSafeInteger(seed) ? [] : [`The seed of a strategy must be a whole number, not ${JSON.stringify(seed)}.`];
}

function parameterProblems(name: string, parameters: StrategyParameters): string[] {
  const spec = strategySpec(name);
  const given = Object.entries(parameters);
  if (spec === undefined && given.length > 0) return [`This version of CDAS Lens does not know the parameters of the strategy ${JSON.stringify(name)}.`];
  return spec === undefined ? [] : given.flatMap(([parameter, value]) => parameterProblem(spec, parameter, value));
}

/** What is wrong with a pair of bounds whose lower one is above the upper: trainers would use the defaults of both. */
function orderProblems(name: string, kept: StrategyParameters, chosen: StrategyParameters): string[] {
  if (Object.keys(chosen).length === 0) return [];
  const spec = strategySpec(name);
  const parameters = { ...kept, ...chosen };
  const valueOf = (parameter: string): unknown => parameters[parameter] ?? spec?.parameters.find((known) => known.name === parameter)?.fallback;
  return orderedBounds.flatMap(([least, greatest]) => {
    const [from, to] = [valueOf(least), valueOf(greatest)];
    const crossed = typeof from === 'number' && typeof to === 'number' && from > to;
    return crossed ? [`The parameter ${least} of ${name} must be at most ${greatest}: ${from} is more than ${to}.`] : [];
  });
}

function parameterProblem(spec: StrategySpec, name: string, value: unknown): string[] {
  const parameter = spec.parameters.find((candidate) => candidate.name === name);
  if (parameter === undefined) {
    const known = spec.parameters.map((candidate) => candidate.name).join(', ');
    return [`The strategy ${spec.name} has no parameter ${JSON.stringify(name)}; it has ${known === '' ? 'none' : known}.`];
  }
  const { min, max } = parameter;
  return fitsParameter(parameter, value) ? [] : [`The parameter ${name} of ${spec.name} must be a number from ${min} to ${max}, not ${JSON.stringify(value)}.`];
}
