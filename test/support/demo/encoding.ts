import type { Expression, Operator } from './problems';

/** The tokens that the policy emits: ten digits, the minus sign and the end of the answer. */
export const vocabulary = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '-', '<end>'] as const;
/** The token that ends an answer. */
export const endToken = 11;
const minusToken = 10;
const noToken = vocabulary.length;

/** An answer that has not ended after this many tokens is cut off, as a length limit does. */
export const maxTokens = 6;

const operators: readonly Operator[] = ['+', '-', '×', '÷', 'mod'];
const thenOperators = ['none', '+', '-'] as const;
const operandDigits = 3;
const noDigit = 10;
/** The emitted tokens that the policy sees, newest first. */
const visibleTokens = 3;

/** A question as the policy reads it: its operators and the digits of its operands, least significant first. */
export interface EncodedQuestion {
  readonly operator: number;
  readonly then: number;
  readonly digits: readonly (readonly number[])[];
}

/** Reads an expression into what the policy sees of it. */
export function encodeQuestion({ a, operator, b, then }: Expression): EncodedQuestion {
  return {
    operator: operators.indexOf(operator),
    then: thenOperators.indexOf(then?.operator ?? 'none'),
    digits: [a, b, then?.c].map((operand) => (operand === undefined ? [] : digitsOf(operand))),
  };
}

// Each slot is a one-hot group of features; the sizes below fix where each begins.
const slotSizes = [
  operators.length * thenOperators.length * maxTokens,
  ...Array<number>(3 * operandDigits + 3 * 2).fill(noDigit + 1),
  ...Array<number>(visibleTokens).fill(noToken + 1),
  ...Array<number>(3).fill(operators.length * (noDigit + 1) ** 2),
];
const slotStarts = slotSizes.map((_, i) => slotSizes.slice(0, i).reduce((sum, size) => sum + size, 0));

/** How many 0/1 features the policy sees, and how many of them are 1 at any time. */
export const featureCount = slotSizes.reduce((sum, size) => sum + size, 0);
export const activeFeatures = slotSizes.length;

/**
 * The features that are 1 when the next token is due: the question, the operand digits that stand where the token will
 * and the place to their right (for carries), and the newest tokens.
 */
export function encodeContext(question: EncodedQuestion, emitted: readonly number[]): number[] {
  const place = emitted.length;
  const values = [(question.operator * thenOperators.length + question.then) * maxTokens + place];
  for (const digits of question.digits) {
    for (let i = 0; i < operandDigits; i++) values.push(digits[i] ?? noDigit);
    values.push(digits[place] ?? noDigit, digits[place - 1] ?? noDigit);
  }
  for (let i = 1; i <= visibleTokens; i++) values.push(emitted[place - i] ?? noToken);
  const [a = [], b = []] = question.digits;
  const pair = (x: number = noDigit, y: number = noDigit): number => (question.operator * (noDigit + 1) + x) * (noDigit + 1) + y;
  values.push(pair(a[place], b[place]), pair(a[place], b[0]), pair(a[place - 1], b[0]));
  return values.map((value, slot) => slotStarts[slot]! + value);
}

/** The tokens of a whole number: least significant digit first, then the sign, then the end. */
export function tokensOfAnswer(answer: number): number[] {
  const digits = digitsOf(Math.abs(answer));
  return answer < 0 ? [...digits, minusToken, endToken] : [...digits, endToken];
}

/** The answer that tokens spell, most significant digit first; null when the end token never came. */
export function answerOfTokens(tokens: readonly number[]): string | null {
  if (tokens.at(-1) !== endToken) return null;
  return tokens
    .slice(0, -1)
    .reverse()
    .map((token) => vocabulary[token])
    .join('');
}

function digitsOf(operand: number): number[] {
  return Array.from(String(operand), Number).reverse();
}
