import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';
import { canonicalJson } from './json';

/** The name of the text normalisation behind `h:` ids. */
export const normalisation = 'cdas-text/1';

// ECMAScript's white space and line terminators, spelled out so that every language trims the same set.
const trimSet = '\\u0009-\\u000d\\u0020\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff';
const specialTokens = new RegExp(
  `<\\|[^<>|${trimSet}]{1,64}\\|>|<\\uff5c[^<>\\uff5c${trimSet}]{1,64}\\uff5c>` +
    '|<s>|</s>|<bos>|<eos>|<pad>|<unk>|<start_of_turn>|<end_of_turn>|\\[/?INST\\]|<</?SYS>>',
  // Counted in code points, as other languages do.
  'gu',
);
/** Below it nothing is composed: every text of such characters is NFC. */
const composable = /[\u0300-\uffff]/;

/** `cdas-text/1`: LF line ends, no special-token literals, NFC, trimmed; inner white space is kept. */
export function normaliseText(text: string): string {
  // Most texts need next to nothing of it, and there are millions.
  const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  const bare = lines.includes('<') || lines.includes('[') ? lines.replace(specialTokens, '') : lines;
  const composed = composable.test(bare) ? bare.normalize('NFC') : bare;
  // It removes exactly the trim set, which is ECMAScript's own.
  return composed.trim();
}

/** First 16 hex digits of SHA-256 over the UTF-8 of the normalised text; lone surrogates are encoded as U+FFFD. */
export function textHash(text: string): string {
  return hashOfNormalised(normaliseText(text));
}

/** The same for a text that is already normalised. */
export function hashOfNormalised(normalised: string): string {
  return sha256Hex(normalised).slice(0, 16);
}

/** SHA-256 of a text's UTF-8, as 64 hex digits. */
function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** The id of a problem that is known by its text only. */
export function textProblemId(hash: string): string {
  return `h:${hash}`;
}

/** The id of one of several dataset rows that share a text and differ in ground truth. */
export function sharedTextProblemId(hash: string, groundTruth: unknown): string {
  return sharedTextIdOf(hash, sha256Hex(canonicalJson(groundTruth)));
}

/** The same, where the hash of the ground truth's canonical JSON is known. */
export function sharedTextIdOf(hash: string, answerHash: string): string {
  return `h:${hash}~${answerHash.slice(0, 4)}`;
}
