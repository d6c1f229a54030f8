import type { CdasMode } from './cdas';
import { isRecord, type JsonValue } from './json';
import { fitsParameter, orderedBounds, strategySpec, strategySpecs, type StrategyParameters, type StrategySpec } from './strategies/strategySpecs';

/** `first-epoch`: the first pass over the dataset is uniform and sets the difficulties; `none`: CDAS from the first batch on. */
export type Warmup = 'first-epoch' | 'none';

/** How the trainer is to sample, as sampler.json says it: the parameters of the strategy stand beside its name. */
export interface SamplerStrategy {
  readonly name: string;
  readonly mode: CdasMode;
  readonly warmup: Warmup;
  readonly symmetric: boolean;
  readonly seed: number;
  readonly [parameter: string]: JsonValue;
}

/** What a person chose of a strategy; null leaves a part as sampler.json has it. */
export interface StrategyChoice {
  readonly name: string | null;
  readonly seed: number | null;
  readonly warmup: Warmup | null;
  readonly parameters: StrategyParameters;
}

/** How trainers sample unless somebody says otherwise. */
export const defaultStrategy: SamplerStrategy = { name: 'cdas', mode: 'paper', warmup: 'first-epoch', symmetric: true, seed: 1 };

/** The choice of somebody who chose nothing. */
export const unchangedStrategy: StrategyChoice = { name: null, seed: null, warmup: null, parameters: {} };

const ownFields = Object.keys(defaultStrategy);

/**
 * The strategy that a choice comes to over the one in sampler.json. A newly named strategy starts with its own defaults.
 * `problems` says in sentences what cannot be obeyed; the strategy then is the present one.
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

/** The parameters among the fields of a strategy, in the order they stand there. */
export function parametersOf(strategy: SamplerStrategy): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(Object.entries(strategy).filter(([field]) => !ownFields.includes(field)));
}

/** By which parameters trainers weigh what they see under a strategy; null where it has none, so that those before it stay. */
export function weighingParameters(strategy: SamplerStrategy): Readonly<Record<string, JsonValue>> | null {
  return strategy.name === 'cdas' || strategy.name === 'random' ? null : parametersOf(strategy);
}

/** The strategy that a sampler.json states; a mode, warm-up or seed that trainers cannot follow is the default. What a newer version wrote is kept as it is. */
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

/** Bounds in the wrong order leave nothing between them: trainers would go by the defaults. */
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
