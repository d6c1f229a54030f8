import { isRecord } from '../core/json';
import { readLineAt } from '../logs/lineAt';
import type { LogFormat } from '../logs/logFormat';
import type { Prompt } from '../logs/promptTable';
import { parseTolerant } from '../logs/tolerantJson';

/** A prompt's full text, read again from its log; null when the file is gone or no longer holds it. */
export function readPrompt(prompt: Prompt, format: LogFormat): string | null {
  if (format.kind === 'document') return null;
  try {
    const row = parseTolerant(readLineAt(prompt.file, prompt.offset));
    if (!isRecord(row)) return null;
    return format.readRow(row, { rawNumber: () => null })[0]?.prompt ?? null;
  } catch {
    // The file was rewritten or removed since: the text is not to be had any more.
    return null;
  }
}
