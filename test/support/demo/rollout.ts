import type { JsonValue } from '../../../src/core/json';
import { answerOfTokens, encodeContext, endToken, maxTokens, vocabulary, type EncodedQuestion } from './encoding';
import type { Policy } from './policy';
import type { Random } from './random';

/** One sampled answer. */
export interface Rollout {
  readonly tokens: readonly number[];
  /** The answer that the tokens spell; null when it was cut off at the length limit. */
  readonly answer: string | null;
  /** Summed over the tokens, in nats. */
  readonly entropy: number;
}

const places = ['ones', 'tens', 'hundreds', 'thousands', 'ten thousands', 'hundred thousands'];

/** What the policy says about the token after some tokens. */
interface NextToken {
  readonly probabilities: Float64Array;
  readonly entropy: number;
}

/** Samples `count` answers to a question, token by token, at temperature 1. Answers that begin alike share the work on that. */
export function sampleRollouts(policy: Policy, question: EncodedQuestion, count: number, random: Random): Rollout[] {
  const known = new Map<string, NextToken>();
  const nextAfter = (tokens: readonly number[]): NextToken => {
    const key = tokens.join(' ');
    const next = known.get(key) ?? nextToken(policy, question, tokens);
    known.set(key, next);
    return next;
  };
  return Array.from({ length: count }, () => sampleRollout(nextAfter, random));
}

function sampleRollout(nextAfter: (tokens: readonly number[]) => NextToken, random: Random): Rollout {
  const tokens: number[] = [];
  let entropy = 0;
  while (tokens.length < maxTokens && tokens.at(-1) !== endToken) {
    const next = nextAfter(tokens);
    entropy += next.entropy;
    tokens.push(drawToken(next.probabilities, random()));
  }
  return { tokens, answer: answerOfTokens(tokens), entropy };
}

function nextToken(policy: Policy, question: EncodedQuestion, tokens: readonly number[]): NextToken {
  const probabilities = policy.nextToken(encodeContext(question, tokens)).slice();
  return { probabilities, entropy: entropyOf(probabilities) };
}

/** What the policy wrote, as text: each token with its place, then the answer. An answer that was cut off has no box. */
export function renderRollout({ tokens, answer }: Rollout): string {
  const work = tokens
    .filter((token) => token !== endToken)
    .map((token, i) => (vocabulary[token] === '-' ? 'sign: -' : `${places[i] ?? 'next'}: ${vocabulary[token] ?? ''}`));
  const lines = ['From the right:', ...work];
  if (answer !== null) lines.push(`The answer is \\boxed{${answer}}.`);
  return lines.join('\n');
}

/** 1 when the answer is the ground truth, else 0. A number and its text are the same answer. */
export function scoreAnswer(answer: string | null, groundTruth: JsonValue): 0 | 1 {
  const wanted = typeof groundTruth === 'number' ? String(groundTruth) : groundTruth;
  return answer !== null && typeof wanted === 'string' && answer === wanted.trim() ? 1 : 0;
}

function drawToken(probabilities: Float64Array, uniform: number): number {
  let rest = uniform;
  for (let token = 0; token < probabilities.length - 1; token++) {
    rest -= probabilities[token]!;
    if (rest < 0) return token;
  }
  return probabilities.length - 1;
}

function entropyOf(probabilities: Float64Array): number {
  let sum = 0;
  for (const p of probabilities) if (p > 0) sum -= p * Math.log(p);
  return sum;
}
