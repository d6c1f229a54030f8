import assert from 'node:assert/strict';
import { randomStream } from '../../support/demo/random';
import { sampleRollouts, scoreAnswer } from '../../support/demo/rollout';
import type { Trainer } from '../../support/demo/trainer';
import { openRun, trainSteps } from './runs';
import { temporaryDirectories } from '../temporaryDirectory';

function passRate({ policy, problems }: Trainer): number {
  const random = randomStream(1, 'validation');
  const scores = problems.flatMap(({ question, groundTruth }) =>
    sampleRollouts(policy, question, 8, random).map(({ answer }): number => scoreAnswer(answer, groundTruth)));
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

describe('the demo policy in training', () => {
  const newDirectory = temporaryDirectories();

  it('learns: the pass rate over the whole dataset and the competence rise', () => {
    const trainer = openRun(newDirectory(), { problems: 60, batch: 16, warmStartSteps: 100 });
    const start = passRate(trainer);
    trainSteps(trainer, 5);
    const early = trainer.sampler.cdas.competence;
    trainSteps(trainer, 30);
    const end = passRate(trainer);
    assert.ok(end > start + 0.1, `from ${start.toFixed(3)} to ${end.toFixed(3)}`);
    assert.ok(trainer.sampler.cdas.competence > early, 'competence');
  }).timeout(60_000);
});
