// Prints every rollout that CDAS Lens reads from a log with its text, a JSON line each.
import { groupTexts } from '../../src/engine/reading/rolloutTexts';
import { loadOnly } from '../unit/engine/fixtureRuns';
import { contextOf } from '../unit/logs/formats/expectedRun';

async function printRollouts(target: string): Promise<void> {
  const run = await loadOnly(target);
  const context = contextOf(run);
  for (const step of run.steps) {
    for (const [problem, { id }] of run.registry.problems.entries()) {
      if (!step.hasProblem(problem)) continue;
      const { prompt, rollouts, missing } = groupTexts(context, id, step.step);
      if (missing !== null) throw new Error(missing);
      for (const rollout of rollouts) console.log(JSON.stringify({ step: step.step, problem: id, prompt, ...rollout }));
    }
  }
}

printRollouts(process.argv[2] ?? '.').catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
