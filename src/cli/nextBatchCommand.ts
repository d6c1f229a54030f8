import { BatchPlans } from '../engine/batchPlans';
import { plainStyle } from '../engine/doctorText';
import { describeBatch, explainChoice } from '../engine/nextBatch';
import { certaintyText, explainLines, headLines, placeText } from '../engine/nextBatchText';
import { ExpectedError } from '../protocol/channel';
import type { NextBatch, ProblemChoice } from '../protocol/nextBatch';
import { numberOption, textOption, type Command, type Invocation } from './command';
import { Session } from './session';
import { directoryOption, ratingOptions, sessionOptions } from './sessionOptions';
import { strategyChoice, strategyOptions } from './strategyOptions';

/** `next-batch`: what the training job would choose now, and why. */
export const nextBatchCommand: Command = {
  name: 'next-batch',
  usage: 'RUN',
  summary: 'Show the batch that the strategy of sampler.json would choose next, what changes, and why.',
  arity: { min: 1, max: 1 },
  options: [
    { name: 'size', value: 'B', help: 'problems per batch; default: as the trainer says, else as the run has' },
    { name: 'problem', value: 'ID', help: 'only say why this problem is chosen or not' },
    ...strategyOptions,
    ...ratingOptions,
    directoryOption,
  ],
  run: async (invocation) => {
    const size = numberOption(invocation, 'size', { integer: true, min: 1 });
    const choice = strategyChoice(invocation);
    const problem = textOption(invocation, 'problem');
    const session = await Session.open(invocation.positionals[0] ?? '', sessionOptions(invocation));
    const plan = new BatchPlans(session.curation).plan(session.context, { view: session.view, choice, size });
    if (problem === null) {
      printBatch(invocation, describeBatch(plan));
      return;
    }
    const report = explainChoice(plan, problem);
    if (report === null) throw new ExpectedError(`The run does not know the problem ${problem}; \`cdas-lens problems RUN\` lists the ids.`);
    if (invocation.json) invocation.output.json(report);
    else for (const line of explainLines(report, plainStyle)) invocation.output.line(line);
  },
};

function printBatch({ json, output }: Invocation, batch: NextBatch): void {
  if (json) {
    const { sides } = batch;
    output.json({ ids: batch.batch.map(({ problem }) => problem), harder: sides?.harder.chosen ?? null, easier: sides?.easier.chosen ?? null, ...batch });
    return;
  }
  output.line(certaintyText(batch));
  for (const line of headLines(batch)) output.line(line);
  for (const reason of batch.reasons) output.line(`! ${reason}`);
  output.line('');
  printChoices(output, batch.batch, 'No problem can be chosen.');
  if (batch.currentStep === null) return;
  output.line('');
  output.line(`Not chosen again from step ${batch.currentStep}:`);
  printChoices(output, batch.removed, 'none');
}

function printChoices(output: Invocation['output'], choices: readonly ProblemChoice[], empty: string): void {
  output.table(
    choices,
    [
      { title: 'PROBLEM', cell: ({ problem }) => problem },
      { title: 'PLACE', cell: (choice) => placeText(choice).join(' ') || null },
      { title: 'DIFFICULTY', cell: ({ difficulty }) => difficulty, digits: 4 },
      { title: 'VISITS', cell: ({ visits }) => visits },
      { title: 'PASS', cell: ({ passRate }) => passRate, digits: 3 },
      { title: '', cell: ({ inCurrent, chosen }) => (chosen ? (inCurrent ? 'kept' : 'new') : 'gone') },
      { title: 'TEXT', cell: ({ title }) => title },
    ],
    empty,
  );
}
