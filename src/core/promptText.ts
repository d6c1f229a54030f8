import { normaliseText } from './identity';

/** The turn markers of chat templates whose special tokens are still in the text: the last user turn lies between them. */
const markedTurns = [
  { start: '<|im_start|>user\n', end: '<|im_end|>' },
  { start: '<|start_header_id|>user<|end_header_id|>\n\n', end: '<|eot_id|>' },
  { start: '<start_of_turn>user\n', end: '<end_of_turn>' },
  { start: '<\uff5cUser\uff5c>', end: '<\uff5cAssistant\uff5c>' },
  { start: '[INST]', end: '[/INST]' },
] as const;

/** The generation prompt at the very end of a text whose special tokens were removed, with what thinking models add to it. */
const generationPrompt = /(?:\n(?:assistant|model)|assistant)(?:\s*<think>(?:\s*<\/think>)?)?\s*$/;
const maxCuts = 16;

/**
 * The texts that may be the last user message of a chat-templated prompt, normalised, the likeliest first. Decoding
 * without special tokens leaves role words that questions can also contain, so several cuts are offered: a dataset
 * tells which one is right. The last candidate is the whole text.
 */
export function userTextCandidates(prompt: string): readonly string[] {
  const text = prompt.replace(/\r\n?/g, '\n');
  const candidates = new Set<string>();
  const marked = lastMarkedTurn(text);
  if (marked !== null) candidates.add(normaliseText(marked));
  const normalised = normaliseText(text);
  for (const cut of unmarkedCuts(normalised)) candidates.add(normaliseText(cut));
  candidates.add(normalised);
  return [...candidates];
}

function lastMarkedTurn(text: string): string | null {
  for (const { start, end } of markedTurns) {
    const from = text.lastIndexOf(start);
    if (from < 0) continue;
    const to = text.indexOf(end, from + start.length);
    return text.slice(from + start.length, to < 0 ? undefined : to);
  }
  return null;
}

/** Cuts at the assistant header that ends the text and after each user header, the first one first. */
function unmarkedCuts(normalised: string): string[] {
  if (!/^(?:user|system)\n/.test(normalised)) return [];
  const body = normalised.replace(generationPrompt, '');
  const cuts: string[] = [];
  if (body.startsWith('user\n')) cuts.push(body.slice('user\n'.length));
  // Llama's template puts nothing between the system text and the next header once its tokens are gone.
  for (const header of ['\nuser\n', 'user\n\n']) {
    for (let from = body.indexOf(header); from >= 0 && cuts.length < maxCuts; from = body.indexOf(header, from + 1)) {
      cuts.push(body.slice(from + header.length));
    }
  }
  return cuts;
}
