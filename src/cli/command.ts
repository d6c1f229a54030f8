import type { Output } from './output';

/** One option of a command, as `--help` shows it. */
export interface OptionSpec {
  readonly name: string;
  /** What stands for its value; absent for a switch. */
  readonly value?: string;
  readonly help: string;
  /** Whether it may be given several times; the values then come joined by commas. */
  readonly repeatable?: true;
}

/** The parsed command line of one command. */
export interface Invocation {
  readonly positionals: readonly string[];
  readonly options: ReadonlyMap<string, string | true>;
  readonly json: boolean;
  readonly output: Output;
}

/** One command of the command line. */
export interface Command {
  readonly name: string;
  /** The arguments after the name, as `--help` shows them. */
  readonly usage: string;
  readonly summary: string;
  /** How many arguments it takes. */
  readonly arity: { readonly min: number; readonly max: number };
  readonly options: readonly OptionSpec[];
  readonly run: (invocation: Invocation) => Promise<void>;
}

/** The command line was wrong: one line and exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The text of an option, or null. */
export function textOption({ options }: Invocation, name: string): string | null {
  const value = options.get(name);
  return typeof value === 'string' ? value : null;
}

/** A number given as an option, or null. Throws a UsageError for anything else. */
export function numberOption(invocation: Invocation, name: string, range: { readonly integer?: boolean; readonly min?: number } = {}): number | null {
  const text = textOption(invocation, name);
  if (text === null) return null;
  const number = text.trim() === '' ? Number.NaN : Number(text);
  const fits = range.integer === true ? Number.isSafeInteger(number) : Number.isFinite(number);
  if (fits && number >= (range.min ?? -Infinity)) return number;
  const kind = range.integer === true ? 'a whole number' : 'a number';
  const least = range.min === undefined ? '' : ` of at least ${range.min}`;
  throw new UsageError(`--${name} takes ${kind}${least}, not ${JSON.stringify(text)}`);
}

/** One of a few words given as an option, or null. Throws a UsageError for any other. */
export function wordOption<Word extends string>(invocation: Invocation, name: string, words: readonly Word[]): Word | null {
  const text = textOption(invocation, name);
  if (text === null) return null;
  const word = words.find((candidate) => candidate === text);
  if (word !== undefined) return word;
  throw new UsageError(`--${name} takes ${words.join(', ')}, not ${JSON.stringify(text)}`);
}
