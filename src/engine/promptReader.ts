import { hashOfNormalised, normaliseText } from '../core/identity';
import { candidateHashes } from '../core/problemResolver';
import { readRecordAt } from '../logs/lineAt';
import { compressedEnd, type LogFormat, type RolloutRow } from '../logs/logFormat';
import type { Prompt } from '../logs/promptTable';

/** A prompt's full text, read again from its log; null when the file is gone or no longer holds it. */
export function readPrompt(prompt: Prompt, format: LogFormat): string | null {
  if (format.kind !== 'lines' || compressedEnd.test(prompt.file)) return null;
  const row = readRecordAt(prompt.file, prompt.offset);
  if (row === null) return null;
  // A line can be a table of many rollouts.
  const rows = format.readRow(row, { rawNumber: () => null });
  return rows.find((each) => isTextOf(prompt, each))?.prompt ?? null;
}

function isTextOf(prompt: Prompt, row: RolloutRow): boolean {
  const [likeliest] = row.promptIsUserText ? [hashOfNormalised(normaliseText(row.prompt))] : candidateHashes(row.prompt);
  return likeliest === prompt.hashes[0];
}
