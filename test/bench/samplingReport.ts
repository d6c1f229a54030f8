import type { Arm, RunRecord } from './samplingRun';
import { generatedRollouts, heldOutAfter, heldOutAtEnd, lateDifferentProblems, lateMislabelledShare, lateZeroGradientShare, mixedPerGenerated, trainingAtEnd, zeroGradientShare, type RunFigure } from './samplingFigures';
import { isOffZero, overSeeds, pairedDifference, type SeedMean } from './samplingStatistics';

/** The runs of one arm, one a seed, with the wrong labels in the data and with them excluded. */
export interface ArmRuns {
  readonly arm: Arm;
  readonly asIs: readonly RunRecord[];
  readonly curated: readonly RunRecord[];
}

interface Column {
  readonly title: string;
  readonly cell: (runs: readonly RunRecord[], reference: readonly RunRecord[]) => string;
}

/** The tables of the strategies; the first arm is the reference. */
export function strategyTables(all: readonly ArmRuns[]): string {
  const runsOf = (kind: 'asIs' | 'curated') => all.map((each) => ({ title: each.arm.title, runs: each[kind] }));
  return [
    '### Wrong labels in the data',
    table(runsOf('asIs'), gradientColumns),
    table(runsOf('asIs'), accuracyColumns),
    verdicts(runsOf('asIs')),
    '### Problems with wrong labels excluded',
    table(runsOf('curated'), gradientColumns),
    table(runsOf('curated'), accuracyColumns),
    verdicts(runsOf('curated')),
    '### What the wrong labels do',
    labelTable(all),
  ].join('\n\n');
}

const differentProblems: Column = { title: 'different problems trained on in the last quarter', cell: (runs) => plain(over(runs, lateDifferentProblems), 0) };

const gradientColumns: readonly Column[] = [
  { title: 'zero-gradient share of the groups trained on, %', cell: (runs) => percent(over(runs, zeroGradientShare)) },
  { title: 'the same in the last quarter, %', cell: (runs) => percent(over(runs, lateZeroGradientShare)) },
  { title: 'groups with a gradient per generated group', cell: (runs) => plain(over(runs, mixedPerGenerated), 3) },
  differentProblems,
  { title: 'rollouts generated, thousands', cell: (runs) => plain(over(runs, (run) => generatedRollouts(run) / 1000), 1) },
  { title: '× random', cell: (runs, reference) => plain(overSeeds(runs.map((run, seed) => generatedRollouts(run) / at(reference, seed, generatedRollouts))), 2) },
];

const accuracyColumns: readonly Column[] = [
  ...pairOf('held out, at the end, %', heldOutAtEnd),
  {
    title: 'held out, after as many rollouts as random generated, %',
    cell: (runs, reference) => percent(overSeeds(atEqualRollouts(runs, reference))),
  },
  { title: '− random', cell: (runs, reference) => difference(pairedDifference(atEqualRollouts(runs, reference), reference.map(heldOutAtEnd)), runs === reference) },
  ...pairOf('training problems, true answers, at the end, %', trainingAtEnd),
];

function pairOf(title: string, figure: RunFigure): readonly Column[] {
  return [
    { title, cell: (runs) => percent(over(runs, figure)) },
    { title: '− random', cell: (runs, reference) => difference(pairedDifference(runs.map(figure), reference.map(figure)), runs === reference) },
  ];
}

/** What changes where a batch holds more of the data; the first arm is the reference. */
export function largerBatchTable(all: readonly { readonly title: string; readonly runs: readonly RunRecord[] }[]): string {
  const [zeroGradient, late] = gradientColumns;
  const columns = [zeroGradient, late, differentProblems, ...pairOf('held out, at the end, %', heldOutAtEnd), ...pairOf('training problems, true answers, at the end, %', trainingAtEnd)];
  return table(all, columns.flatMap((column) => column ?? []));
}

function labelTable(all: readonly ArmRuns[]): string {
  const rows = all.map(({ arm, asIs, curated }) => [
    arm.title,
    percent(over(asIs, lateMislabelledShare)),
    difference(pairedDifference(curated.map(lateZeroGradientShare), asIs.map(lateZeroGradientShare))),
    difference(pairedDifference(curated.map(heldOutAtEnd), asIs.map(heldOutAtEnd))),
    difference(pairedDifference(curated.map(trainingAtEnd), asIs.map(trainingAtEnd))),
  ]);
  const change = 'excluded − not excluded, points:';
  return markdown(['', 'share of wrongly labelled groups in the last quarter, %', `${change} zero-gradient share in the last quarter`, `${change} held out at the end`, `${change} training problems, true answers`], rows);
}

/** Which differences to the reference stand out, in words that follow from the numbers. */
function verdicts(rows: readonly { readonly title: string; readonly runs: readonly RunRecord[] }[]): string {
  const reference = rows[0]?.runs ?? [];
  const say = (what: string, figure: (runs: readonly RunRecord[]) => readonly number[]): string => {
    const found = rows.slice(1).map(({ title, runs }) => ({ title, gap: pairedDifference(figure(runs), reference.map(heldOutAtEnd)) }));
    const named = (wanted: (gap: SeedMean) => boolean): string => found.filter(({ gap }) => wanted(gap)).map(({ title }) => title).join(', ') || 'none';
    const [above, below] = [named((gap) => isOffZero(gap) && gap.mean > 0), named((gap) => isOffZero(gap) && gap.mean < 0)];
    return `- ${what}: above random: ${above}; below random: ${below}; not told apart from random: ${named((gap) => !isOffZero(gap))}.`;
  };
  return [
    say('Held-out accuracy after the same number of steps', (runs) => runs.map(heldOutAtEnd)),
    say('Held-out accuracy after the same number of generated rollouts', (runs) => atEqualRollouts(runs, reference)),
  ].join('\n');
}

/** What a dynamic-sampling run cost in rollouts for each one of another arm. */
export function costRatio(dynamic: ArmRuns, other: ArmRuns): string {
  return plain(overSeeds(dynamic.asIs.map((run, seed) => generatedRollouts(run) / at(other.asIs, seed, generatedRollouts))), 2);
}

function table(rows: readonly { readonly title: string; readonly runs: readonly RunRecord[] }[], columns: readonly Column[]): string {
  const reference = rows[0]?.runs ?? [];
  return markdown(['', ...columns.map(({ title }) => title)], rows.map(({ title, runs }) => [title, ...columns.map(({ cell }) => cell(runs, reference))]));
}

/** A table in Markdown. */
export function markdown(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(titles), `|${'---|'.repeat(titles.length)}`, ...rows.map(line)].join('\n');
}

/** A share in percent with its interval. */
export function percent(value: SeedMean): string {
  return plain({ mean: 100 * value.mean, half: value.half === null ? null : 100 * value.half }, 1);
}

/** A difference of shares in percentage points, bold where its interval leaves out 0. */
export function difference(value: SeedMean, isReference = false): string {
  if (isReference) return '–';
  const text = `${value.mean < 0 ? '' : '+'}${percent(value)}`;
  return isOffZero(value) ? `**${text}**` : text;
}

function plain({ mean, half }: SeedMean, digits: number): string {
  return half === null ? mean.toFixed(digits) : `${mean.toFixed(digits)} ± ${half.toFixed(digits)}`;
}

function over(runs: readonly RunRecord[], figure: RunFigure): SeedMean {
  return overSeeds(runs.map(figure));
}

function at(runs: readonly RunRecord[], seed: number, figure: RunFigure): number {
  const run = runs[seed];
  return run === undefined ? NaN : figure(run);
}

function atEqualRollouts(runs: readonly RunRecord[], reference: readonly RunRecord[]): number[] {
  return runs.map((run, seed) => heldOutAfter(run, at(reference, seed, generatedRollouts)));
}
