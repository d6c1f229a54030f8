import { grouped, percent, signed } from '../../core/figures';
import { foldedLines } from '../../core/foldedLines';
import { plural } from '../../core/plural';
import { printable } from '../../core/printable';
import { parametersOf } from '../../core/samplerStrategy';
import { formatTable, type TableColumn } from '../../core/textTable';
import { whyText } from '../../protocol/choiceText';
import type { BatchSide, ChoiceReport, NextBatch, ProblemChoice } from '../../protocol/nextBatch';

const columns: readonly TableColumn<ProblemChoice>[] = [
  { title: 'PROBLEM', cell: ({ problem }) => problem },
  { title: 'PLACE', cell: placeText },
  { title: 'DIFFICULTY', cell: ({ difficulty }) => difficulty, format: exact },
  { title: 'VISITS', cell: ({ visits }) => visits, format: grouped },
  { title: 'PASS', cell: ({ passRate }) => passRate, format: percent },
  { title: '', cell: ({ inCurrent, chosen }) => (chosen ? (inCurrent ? 'kept' : 'new') : 'gone') },
  { title: 'TEXT', cell: ({ title }) => title, maxChars: 80 },
];

/** The next batch for people, as plain text; the problem that was asked about is explained first. */
export function nextBatchText(batch: NextBatch): string {
  const { asked } = batch;
  const parts = [
    ...(asked === null ? [] : [section(asked.chosen ? 'Why it is chosen' : 'Why it is not chosen', listed([`Problem ${asked.problem}`, ...explainLines({ choice: asked, batch })]))]),
    section('How it is chosen', listed(headLines(batch))),
    ...(batch.reasons.length === 0 ? [] : [section('Why it is only expected', listed(batch.reasons))]),
    section(`The batch: ${plural(batch.batch.length, 'problem')}`, formatTable(batch.batch, columns)),
    ...(batch.removed.length === 0 ? [] : [section(`Not chosen again: ${plural(batch.removed.length, 'problem')}`, formatTable(batch.removed, columns))]),
  ];
  const title = `The next batch of ${printable(batch.run.name)}: ${batch.exact ? 'exact' : 'expected'} for step ${batch.step}`;
  return [`${title}\n`, ...parts].join('\n');
}

function section(title: string, body: string): string {
  return `${printable(title).toUpperCase()}\n${body}`;
}

function listed(lines: readonly string[]): string {
  return lines.map((line) => `- ${foldedLines(printable(line)).join('\n  ')}\n`).join('');
}

/** How a batch was chosen, one fact a line. */
function headLines(batch: ChoiceReport['batch']): readonly string[] {
  const { strategy, size, draw, competence, sides, pinned, excluded, candidates, currentStep, added, kept, gone, uniform } = batch;
  const isCdas = strategy.name === 'cdas';
  const parameters = Object.entries(parametersOf(strategy)).map(([name, value]) => `, ${name} ${JSON.stringify(value)}`).join('');
  const warmUp = uniform && isCdas ? '; warming up: the first pass over the dataset is uniform' : '';
  return [
    `Strategy: ${strategy.name}${isCdas ? `, mode ${strategy.mode}` : ''}${parameters}, seed ${strategy.seed}, draw ${grouped(draw)}${warmUp}`,
    `Size: ${grouped(size)} of ${plural(candidates, 'problem')} available; ${grouped(pinned)} pinned, ${grouped(excluded)} excluded`,
    ...(competence === null ? [] : [`Competence: ${exact(competence)}${sides === null ? '' : `; target pass rate ${percent(0.5 - competence)}`}`]),
    ...(sides === null ? [] : [`Harder side: ${sideText(sides.harder)}`, `Easier side: ${sideText(sides.easier)}`]),
    ...(currentStep === null ? [] : [`Against step ${currentStep}: ${grouped(added)} new, ${grouped(kept)} kept, ${grouped(gone)} gone`]),
  ];
}

function sideText({ chosen, candidates, cutOff }: BatchSide): string {
  return `${grouped(chosen)} of ${grouped(candidates)}${cutOff === null ? '' : `, up to |C − D| = ${cutOff.toFixed(4)}`}`;
}

/** Why one problem is chosen or not, one fact a line. */
export function explainLines({ choice, batch }: ChoiceReport): readonly string[] {
  const { title, chosen, visits, passRate } = choice;
  const rate = passRate === null ? '' : `, pass rate ${percent(passRate)}`;
  return [
    title,
    `${chosen ? 'Chosen' : 'Not chosen'}${batch.exact ? '' : ' (expected)'}: ${whyText(choice, batch)}`,
    ...distanceLines(choice, batch),
    `${plural(visits, 'visit')}${rate}`,
  ];
}

function distanceLines({ difficulty, distance, side }: ProblemChoice, { competence, sides }: ChoiceReport['batch']): readonly string[] {
  if (difficulty === null || distance === null) return [];
  const cutOff = side === null ? null : (sides?.[side].cutOff ?? null);
  const end = cutOff === null ? '' : `; the cut-off on its side is ${cutOff.toFixed(4)}`;
  return [`Difficulty ${exact(difficulty)} against competence ${exact(competence ?? 0)}: |C − D| = ${distance.toFixed(4)}${end}`];
}

/** Where a problem stands, as short as a table needs it; null in a uniform pass. */
function placeText({ rule, side, rank, tied }: ProblemChoice): string | null {
  if (rule === 'pinned' || rule === 'excluded') return rule;
  return rank === null ? null : `${side ?? 'rank'} ${grouped(rank)}${tied > 1 ? ` (${grouped(tied)} alike)` : ''}`;
}

/** Ranks are decided by differences that two decimals do not show. */
function exact(value: number): string {
  return signed(value, 4);
}
