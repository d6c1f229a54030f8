import { BatchPlans } from '../engine/batch/batchPlans';
import { describeBatch, explainChoice } from '../engine/batch/nextBatch';
import { explainLines, nextBatchText } from '../engine/batch/nextBatchText';
import { ExpectedError } from '../protocol/channel';
import type { NextBatch } from '../protocol/nextBatch';
import { numberOption, textOption, type Command, type Invocation } from './command';
import { Session } from './session';
import { directoryOption, ratingOptions, sessionOptions } from './sessionOptions';
import { strategyChoice, strategyOptions } from './strategyOptions';

/** `next-batch`: what the training job would choose now, and why. */
export const nextBatchCommand: Command = {
  name: 'next-batch',
  usage: 'RUN',
  summary: 'Show the batch that the job chooses next by the strategy in sampler.json, what changes, and why.',
  arity: { min: 1, max: 1 },
  options: [
    { name: 'size', value: 'B', help: 'problems per batch; default: as the receipts say, else as in the last step' },
    { name: 'problem', value: 'ID', help: 'say only why this problem is chosen or not' },
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
    else for (const line of explainLines(report)) invocation.output.line(line);
  },
};

function printBatch({ json, output }: Invocation, batch: NextBatch): void {
  if (!json) {
    output.text(nextBatchText(batch));
    return;
  }
  const { sides } = batch;
  output.json({ ids: batch.batch.map(({ problem }) => problem), harder: sides?.harder.chosen ?? null, easier: sides?.easier.chosen ?? null, ...batch });
}
