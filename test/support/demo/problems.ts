import { integerBetween, type Random } from './random';

/** The operators that a question can hold. */
export type Operator = '+' | '-' | '×' | '÷' | 'mod';

/** `a op b`, or `a op b then c`. */
export interface Expression {
  readonly a: number;
  readonly operator: Operator;
  readonly b: number;
  readonly then: { readonly operator: '+' | '-'; readonly c: number } | null;
}

/** A kind of problem: how its expressions are drawn. */
export interface ProblemKind {
  readonly name: string;
  readonly draw: (random: Random) => Expression;
}

const suffix = ' Work digit by digit from the right and put the final answer within \\boxed{}.';
const question = /What is (\d+) (\+|-|×|÷|mod) (\d+)(?: (\+|-) (\d+))?\?/;

/** Every kind, roughly from easy to hard. */
export const problemKinds: readonly ProblemKind[] = [
  { name: 'one-digit addition', draw: (r) => plain(integerBetween(r, 0, 9), '+', integerBetween(r, 0, 9)) },
  { name: 'one-digit multiplication', draw: (r) => plain(integerBetween(r, 2, 9), '×', integerBetween(r, 2, 9)) },
  { name: 'two-digit addition', draw: (r) => plain(integerBetween(r, 10, 99), '+', integerBetween(r, 10, 99)) },
  { name: 'subtraction', draw: (r) => plain(integerBetween(r, 0, 99), '-', integerBetween(r, 0, 99)) },
  { name: 'division', draw: drawDivision },
  { name: 'modulo', draw: (r) => plain(integerBetween(r, 10, 99), 'mod', integerBetween(r, 2, 9)) },
  { name: 'two-term expression', draw: drawTwoTerms },
  { name: 'three-digit addition', draw: (r) => plain(integerBetween(r, 100, 999), '+', integerBetween(r, 100, 999)) },
  { name: 'two-digit multiplication', draw: (r) => plain(integerBetween(r, 11, 99), '×', integerBetween(r, 3, 9)) },
];

/** The text of a question as a user asks it. */
export function questionText({ a, operator, b, then }: Expression): string {
  const second = then === null ? '' : ` ${then.operator} ${then.c}`;
  return `What is ${a} ${operator} ${b}${second}?${suffix}`;
}

/** Reads an expression out of a question; null for any other text. */
export function parseQuestion(text: string): Expression | null {
  const match = question.exec(text);
  if (match === null) return null;
  const [, a, operator, b, thenOperator, c] = match;
  const then = c === undefined ? null : { operator: thenOperator === '-' ? ('-' as const) : ('+' as const), c: Number(c) };
  // The pattern admits exactly the operators.
  return { a: Number(a), operator: operator as Operator, b: Number(b), then };
}

/** The true value of an expression. */
export function evaluate({ a, operator, b, then }: Expression): number {
  const first = { '+': a + b, '-': a - b, '×': a * b, '÷': Math.floor(a / b), mod: a % b }[operator];
  if (then === null) return first;
  return then.operator === '+' ? first + then.c : first - then.c;
}

function plain(a: number, operator: Operator, b: number): Expression {
  return { a, operator, b, then: null };
}

function drawDivision(random: Random): Expression {
  const divisor = integerBetween(random, 2, 9);
  return plain(divisor * integerBetween(random, 2, 49), '÷', divisor);
}

function drawTwoTerms(random: Random): Expression {
  const a = integerBetween(random, 2, 9);
  const b = integerBetween(random, 2, 9);
  return { a, operator: '×', b, then: { operator: random() < 0.5 ? '+' : '-', c: integerBetween(random, 1, 49) } };
}
