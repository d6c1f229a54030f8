import { hashOfNormalised, normaliseText } from '../../core/identity';
import { candidateHashes } from '../../core/problemResolver';
import type { LogFormat, RolloutRow } from '../../logs/logFormat';
import type { Prompt } from '../../logs/columns/promptTable';
import { rowsAt } from '../../logs/rowsAgain';

/** A prompt's full text, read again from its log; null when the file is gone or no longer holds it. */
export function readPrompt(prompt: Prompt, format: LogFormat): string | null {
  return textsOf(rowsAt(format, prompt)).get(prompt.hashes[0] ?? '') ?? null;
}

/** Whether a row read again has this prompt, so that the file still holds there what was read. */
export function hasPrompt(row: RolloutRow, prompt: Prompt): boolean {
  return likeliestHash(row) === prompt.hashes[0];
}

const textsByRows = new WeakMap<readonly RolloutRow[], ReadonlyMap<string, string>>();

/** The prompts of rows by the hash under which they are known. A line or file can hold those of many problems. */
function textsOf(rows: readonly RolloutRow[]): ReadonlyMap<string, string> {
  const known = textsByRows.get(rows);
  if (known !== undefined) return known;
  const distinct = new Map(rows.map((row) => [row.prompt, row]));
  const texts = new Map([...distinct.values()].reverse().map((row) => [likeliestHash(row), row.prompt]));
  textsByRows.set(rows, texts);
  return texts;
}

function likeliestHash({ prompt, promptIsUserText }: RolloutRow): string {
  const [likeliest] = promptIsUserText ? [hashOfNormalised(normaliseText(prompt))] : candidateHashes(prompt);
  return likeliest ?? '';
}
