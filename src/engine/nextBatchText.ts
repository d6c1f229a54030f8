import { whyText } from '../protocol/choiceText';
import type { BatchSide, ChoiceReport, NextBatch, ProblemChoice } from '../protocol/nextBatch';
import { parametersOf } from '../core/samplerStrategy';
import { plural } from './doctorClaims';
import type { DoctorStyle } from './doctorText';

/** The next batch for people, as lines; `asked` is explained first. */
export function nextBatchLines(batch: NextBatch, style: DoctorStyle, asked: ChoiceReport | null = null): readonly string[] {
  const { heading, strong, code } = style;
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ...(asked === null ? [] : [[asked.choice.chosen ? 'Why the problem is chosen' : 'Why the problem is not chosen', explainLines(asked, style)] as const]),
    ['How it is chosen', headLines(batch)],
    ['Why it is expected only', batch.reasons.map((reason) => `- ${style.text(reason)}`)],
    [`The batch: ${plural(batch.batch.length, 'problem')}`, batch.batch.map((choice) => choiceLine(choice, batch, style))],
    [`Not chosen again: ${plural(batch.removed.length, 'problem')}`, batch.removed.map((choice) => choiceLine(choice, batch, style))],
  ];
  const shown = parts.filter(([, lines]) => lines.length > 0).flatMap(([title, lines]) => [heading(title), '', ...lines, '']);
  return [`${strong('The next batch of')} ${code(batch.run.name)}: ${certaintyText(batch)}`, '', ...shown].slice(0, -1);
}

/** Whether the trainer is known to choose just this batch. */
export function certaintyText({ exact, step }: Pick<NextBatch, 'exact' | 'step'>): string {
  return exact ? `exact for step ${step}` : `expected for step ${step}`;
}

/** How a batch was chosen, one fact a line. */
export function headLines(batch: ChoiceReport['batch']): readonly string[] {
  const { strategy, size, draw, competence, sides, pinned, excluded, candidates, currentStep, added, kept, gone, uniform } = batch;
  const parameters = Object.entries(parametersOf(strategy)).map(([name, value]) => `, ${name} ${JSON.stringify(value)}`).join('');
  const mode = strategy.name === 'cdas' ? `, mode ${strategy.mode}` : '';
  return [
    `- Strategy: ${strategy.name}${mode}${parameters}, seed ${strategy.seed}, draw ${draw}${uniform && strategy.name === 'cdas' ? '; it warms up, so the first pass over the dataset is uniform' : ''}`,
    `- Size: ${size} of ${plural(candidates, 'problem')} that can be chosen; ${pinned} pinned, ${excluded} excluded`,
    ...(competence === null ? [] : [`- Competence: ${signed(competence)}${uniform || strategy.name !== 'cdas' ? '' : `; it asks for a pass rate of ${(0.5 - competence).toFixed(2)}`}`]),
    ...(sides === null ? [] : [`- Harder side: ${sideText(sides.harder)}`, `- Easier side: ${sideText(sides.easier)}`]),
    ...(currentStep === null ? [] : [`- Against step ${currentStep}: ${added} new, ${kept} kept, ${gone} gone`]),
  ];
}

function sideText({ chosen, candidates, cutOff }: BatchSide): string {
  return `${chosen} of ${candidates}${cutOff === null ? '' : `, up to |C − D| = ${cutOff.toFixed(4)}`}`;
}

/** Why one problem is chosen or not, one fact a line. */
export function explainLines({ choice, batch }: ChoiceReport, { code, text }: DoctorStyle): readonly string[] {
  return [`- ${code(choice.problem)}: ${code(choice.title)}`, `- ${text(`${choice.chosen ? 'Chosen' : 'Not chosen'}, ${batch.exact ? 'exactly' : 'as expected'}: ${whyText(choice, batch)}.`)}`, ...factLines(choice, batch)];
}

function factLines({ difficulty, distance, side, visits, passRate }: ProblemChoice, batch: ChoiceReport['batch']): readonly string[] {
  const cutOff = side === null ? null : (batch.sides?.[side].cutOff ?? null);
  const rate = passRate === null ? '' : `, pass rate ${(100 * passRate).toFixed(0)} %`;
  if (difficulty === null || distance === null) return [`- ${plural(visits, 'visit')}${rate}`];
  const end = cutOff === null ? '' : `; the last one that is chosen on its side lies at ${cutOff.toFixed(4)}`;
  return [`- Difficulty ${signed(difficulty)} against competence ${signed(batch.competence ?? 0)}: |C − D| = ${distance.toFixed(4)}${end}`, `- ${plural(visits, 'visit')}${rate}`];
}

function choiceLine(choice: ProblemChoice, batch: NextBatch, { code }: DoctorStyle): string {
  const { problem, title, difficulty, visits, inCurrent, chosen } = choice;
  const figures = difficulty === null ? [] : [`D ${signed(difficulty)}`];
  const change = chosen && batch.currentStep !== null ? [inCurrent ? 'kept' : 'new'] : [];
  return `- ${[code(problem), ...placeText(choice), ...figures, plural(visits, 'visit'), ...change, code(title)].join(' · ')}`;
}

/** Where a problem stands, as short as a list needs it; empty in a uniform pass. */
export function placeText({ rule, side, rank, tied }: ProblemChoice): readonly string[] {
  if (rule === 'pinned' || rule === 'excluded') return [rule];
  if (rank === null) return [];
  return [`${side ?? 'rank'} ${rank}${tied > 1 ? ` (${tied} alike)` : ''}`];
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}
