import { fixed, grouped, percent, signed } from '../core/figures';
import { plural } from '../core/plural';
import { blockLength, fewestResampled, type Estimate } from '../core/whatIfBootstrap';
import { chooseStrategy, defaultStrategy, parametersOf } from '../core/samplerStrategy';
import { strategySpecs } from '../core/strategies/strategySpecs';
import { largestKeep, type Compared, type WhatIf, type WhatIfQuestion } from '../core/whatIf';
import { whatIfInRun } from '../engine/batch/whatIfRun';
import { numberOption, UsageError, type Command, type Invocation } from './command';
import { Session } from './session';
import { directoryOption, ratingOptions, sessionOptions } from './sessionOptions';
import { strategyChoice } from './strategyOptions';

const meaning =
  'Within-step re-selection: each batch is cut to this share, using only what earlier steps had shown, with the policies that the full batches trained. It does not say how training would have gone.';

const names = strategySpecs.map(({ name }) => name).join(', ');

type Question = Omit<WhatIfQuestion, 'mode' | 'problemCount'>;

type Answer = WhatIf & Question & { readonly run: string };

/** `what-if`: what another choice among the logged groups of each step would have given. */
export const whatIfCommand: Command = {
  name: 'what-if',
  usage: 'RUN --strategy NAME',
  summary: 'Estimate what share of groups with a gradient a strategy would have kept from each logged step.',
  arity: { min: 1, max: 1 },
  options: [
    { name: 'strategy', value: 'NAME', help: names },
    { name: 'keep', value: 'FRACTION', help: `the share of each step's groups to keep, at most ${largestKeep} (default)` },
    { name: 'beyond-half', help: `allow a share above ${largestKeep}, which keeps most groups whatever the strategy` },
    { name: 'param', value: 'NAME=X', help: 'a parameter of the strategy; can be repeated', repeatable: true },
    { name: 'seed', value: 'N', help: 'the seed for draws, ties and intervals; default: 1' },
    ...ratingOptions,
    directoryOption,
  ],
  run: async (invocation) => {
    const question = questionOf(invocation);
    const { run, findings } = await Session.open(invocation.positionals[0] ?? '', sessionOptions(invocation));
    const answer = { run: run.source.id, ...question, ...whatIfInRun(run, findings, question) };
    if (invocation.json) invocation.output.json({ ...answer, log: findings.completeness, beyondHalf: question.keep > largestKeep, meaning });
    else print(invocation, answer);
  },
};

function questionOf(invocation: Invocation): Question {
  const choice = strategyChoice(invocation);
  if (choice.name === null) throw new UsageError(`what-if needs --strategy NAME, one of ${names}`);
  const { strategy, problems } = chooseStrategy(defaultStrategy, choice);
  if (problems.length > 0) throw new UsageError(problems.join(' '));
  return { strategy: strategy.name, parameters: parametersOf(strategy), keep: keepOption(invocation), seed: strategy.seed };
}

function keepOption(invocation: Invocation): number {
  const keep = numberOption(invocation, 'keep') ?? largestKeep;
  if (keep <= 0 || keep >= 1) throw new UsageError(`--keep takes a share between 0 and 1, not ${keep}`);
  if (keep > largestKeep && !invocation.options.has('beyond-half')) {
    throw new UsageError(`--keep ${keep} is more than ${largestKeep}: it would keep most groups whatever the strategy and tell little; --beyond-half allows it`);
  }
  return keep;
}

function print({ output }: Invocation, { run, strategy, keep, basis, figures }: Answer): void {
  output.line(`${run}: ${strategy} keeps ${percent(keep)} of each step's groups${keep > largestKeep ? ' (more than half: most groups are kept whatever the strategy)' : ''}`);
  if (figures !== null) {
    output.table(
      [
        { name: 'mixed groups per generated group', ...figures.mixed },
        { name: 'zero-gradient share', ...figures.zeroGradient },
        { name: 'mean pass rate', ...figures.passRate },
      ],
      [
        { title: 'FIGURE', cell: ({ name }) => name },
        ...(['chosen', 'all', 'difference'] as const).map((column) => ({ title: column.toUpperCase(), cell: (row: Compared) => estimateText(row[column], units[column]) })),
      ],
      '',
    );
  }
  output.line(`Rests on ${plural(basis.steps, 'step')}: ${grouped(Math.round(basis.kept))} of ${plural(basis.groups, 'group')} kept; ${percent(basis.seenBefore)} of the problems had been seen in an earlier step.`);
  if (basis.unfamiliarSteps > 0) output.line(`Left out: ${plural(basis.unfamiliarSteps, 'step')} in which fewer than half of the problems had been seen before.`);
  if (basis.smallSteps > 0) output.line(`Left out: ${plural(basis.smallSteps, 'step')} with too few groups to keep any.`);
  output.line(basis.steps < fewestResampled ? `No intervals: they need ${fewestResampled} steps.` : `95 % intervals: bootstrap over steps in blocks of ${blockLength(basis.steps)}.`);
  output.line(meaning);
}

/** All figures are shares; two of them differ by percentage points. */
const units: Readonly<Record<keyof Compared, Unit>> = {
  chosen: { name: '%', write: fixed },
  all: { name: '%', write: fixed },
  difference: { name: 'points', write: signed },
};

interface Unit {
  readonly name: string;
  readonly write: (value: number, decimals: number) => string;
}

function estimateText({ value, interval }: Estimate, { name, write }: Unit): string {
  const text = (share: number): string => write(share * 100, 1);
  return interval === null ? `${text(value)} ${name}` : `${text(value)} ${name} (${text(interval[0])} to ${text(interval[1])})`;
}
