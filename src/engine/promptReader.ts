import { hashOfNormalised, normaliseText } from '../core/identity';
import { isRecord } from '../core/json';
import { candidateHashes } from '../core/problemResolver';
import { readLineAt } from '../logs/lineAt';
import { compressedEnd, type LogFormat, type RolloutRow } from '../logs/logFormat';
import type { Prompt } from '../logs/promptTable';
import { parseTolerant } from '../logs/tolerantJson';

/** A prompt's full text, read again from its log; null when the file is gone or no longer holds it. */
export function readPrompt(prompt: Prompt, format: LogFormat): string | null {
  if (format.kind !== 'lines' || compressedEnd.test(prompt.file)) return null;
  try {
    const row = parseTolerant(readLineAt(prompt.file, prompt.offset));
    if (!isRecord(row)) return null;
    // A line can be a table of many rollouts.
    const rows = format.readRow(row, { rawNumber: () => null });
    return rows.find((each) => isTextOf(prompt, each))?.prompt ?? null;
  } catch {
    // The file was rewritten or removed since: the text is not to be had any more.
    return null;
  }
}

function isTextOf(prompt: Prompt, row: RolloutRow): boolean {
  const [likeliest] = row.promptIsUserText ? [hashOfNormalised(normaliseText(row.prompt))] : candidateHashes(row.prompt);
  return likeliest === prompt.hashes[0];
}
