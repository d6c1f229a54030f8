import type { JsonValue } from '../../core/json';
import { KeptText, type KeptTexts } from './keptTexts';

/** The distinct prompts that another thread found in a part of a log, in order of first appearance. */
export interface FoundPrompts {
  /** Two words of hash for each prompt, and further spellings: two words of hash and the prompt's index. */
  readonly keys: Int32Array<ArrayBuffer>;
  readonly spellings: Int32Array<ArrayBuffer>;
  /** Where a row with the prompt begins. */
  readonly file: string;
  readonly offsets: Float64Array<ArrayBuffer>;
  readonly ids: readonly (string | null)[];
  /** Null where the text lies in `bytes`, as it stood in its row. */
  readonly prompts: readonly (string | null)[];
  readonly areUserTexts: readonly boolean[];
  readonly answers: readonly (JsonValue | undefined)[];
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** For each prompt where its text begins and ends in `bytes`, then its answer; the same place twice where there is none. */
  readonly spans: Uint32Array<ArrayBuffer>;
}

/** A prompt as it was found: not identified, and what was not needed decoded neither. */
export interface FoundPrompt {
  readonly offset: number;
  readonly explicitId: string | null;
  readonly prompt: KeptText | string;
  readonly isUserText: boolean;
  readonly groundTruth: KeptText | JsonValue | undefined;
}

const spanWords = 4;

/** Packs prompts for another thread. */
export function packFound(found: readonly FoundPrompt[], hashes: Pick<FoundPrompts, 'keys' | 'spellings' | 'file'>): FoundPrompts {
  const texts = found.flatMap(({ prompt, groundTruth }) => [keptBytes(prompt), keptBytes(groundTruth)]);
  const bytes = new Uint8Array(texts.reduce((sum, { length }) => sum + length, 0));
  const spans = new Uint32Array(found.length * spanWords);
  let at = 0;
  texts.forEach((text, i) => {
    bytes.set(text, at);
    spans[2 * i] = at;
    at += text.length;
    spans[2 * i + 1] = at;
  });
  return {
    ...hashes,
    offsets: Float64Array.from(found, ({ offset }) => offset),
    ids: found.map(({ explicitId }) => explicitId),
    prompts: found.map(({ prompt }) => spelledOut(prompt, null)),
    areUserTexts: found.map(({ isUserText }) => isUserText),
    answers: found.map(({ groundTruth }) => spelledOut(groundTruth, undefined)),
    bytes,
    spans,
  };
}

/** The prompt of an index, its texts kept in `texts`, so that the others need not stay. */
export function unpackFound(found: FoundPrompts, index: number, texts: KeptTexts): FoundPrompt {
  const kept = (word: number): KeptText | null => {
    const [start = 0, end = 0] = found.spans.subarray(index * spanWords + word, index * spanWords + word + 2);
    return start === end ? null : texts.keepBytes(found.bytes.subarray(start, end));
  };
  return {
    offset: found.offsets[index] ?? 0,
    explicitId: found.ids[index] ?? null,
    prompt: found.prompts[index] ?? kept(0) ?? '',
    isUserText: found.areUserTexts[index] ?? false,
    groundTruth: kept(2) ?? found.answers[index],
  };
}

/** What does not lie in the bytes: `absent` for what does. */
function spelledOut<Value, Absent>(value: KeptText | Value, absent: Absent): Value | string | Absent {
  if (!(value instanceof KeptText)) return value;
  return value.bytes.length === 0 ? '' : absent;
}

const none = new Uint8Array();

function keptBytes(text: unknown): Uint8Array {
  return text instanceof KeptText ? text.bytes : none;
}
