import type { RunFiles } from '../../../src/engine/reading/runFiles';
import type { Prompt } from '../../../src/logs/columns/promptTable';

/**
 * All that reading a run's files brought, for comparisons: rows in order, prompts by what they are, what was met besides.
 * Where a prompt was met first is left out: of a rewritten file that is remembered from before.
 */
export function readContents(files: RunFiles): unknown {
  const steps = files.steps.map((step) => [
    step,
    files.rowsOf(step).map(({ file, range, launch }) => {
      const { table } = file;
      const rows = Array.from({ length: range.end - range.start }, (_, i) => range.start + i).map((row) => [
        identityOf(files.prompts.at(table.prompt(row))),
        table.reward(row),
        table.explicitCorrect(row),
        table.isScored(row),
        table.lengthChars(row),
        table.offset(row),
        table.key(row),
      ]);
      return [file.path, launch, range.step, rows];
    }),
  ]);
  const health = (['badLines', 'ignoredLines', 'stepMismatches', 'validationRows'] as const).map((field) => files.sumHealth(field));
  return { steps, health, explicitField: files.explicitField, notes: files.notes, pending: files.pendingBytes, size: files.progress };
}

function identityOf(prompt: Prompt | undefined): unknown {
  return prompt === undefined ? null : [prompt.explicitId, prompt.hashes, prompt.answer, prompt.preview];
}
