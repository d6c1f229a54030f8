import { parseArgs, type ParseArgsConfig } from 'node:util';
import { OperationalError, messageOf } from '../core/errors';
import { ExpectedError } from '../protocol/channel';
import { UsageError, type Command, type Invocation, type OptionSpec } from './command';
import { commandHelp, commonOptions, programHelp } from './help';
import { Output, type TextSink } from './output';
import { printable } from '../core/printable';
import { suggestion } from './suggestion';

/** What stands in `--help` for the value of an option that names a place. */
const placeValues: ReadonlySet<string> = new Set(['DIR', 'FILE', 'RUN']);

/** What the program is given. */
export interface ProgramInput {
  readonly commands: readonly Command[];
  readonly version: string;
  readonly stdout: TextSink;
  readonly stderr: { write(text: string): unknown };
}

/** Runs one command line (without the program's name) and gives the exit code: 0, 1 for an error, 2 for wrong usage. */
export async function runCommandLine(args: readonly string[], input: ProgramInput): Promise<number> {
  try {
    await dispatch(args, input);
    return 0;
  } catch (error) {
    input.stderr.write(`cdas-lens: ${errorText(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

function errorText(error: unknown): string {
  const text = printable(onOneLine(error));
  if (error instanceof UsageError || error instanceof ExpectedError || error instanceof OperationalError) return text;
  if (process.env['CDAS_LENS_DEBUG'] === undefined) return `${text} (a bug in cdas-lens; CDAS_LENS_DEBUG=1 shows where)`;
  return error instanceof Error && error.stack !== undefined ? `${text}\n${error.stack}` : text;
}

async function dispatch(args: readonly string[], { commands, version, stdout }: ProgramInput): Promise<void> {
  const [name, ...rest] = args;
  if (name === undefined) throw new UsageError('no command given; `cdas-lens --help` lists the commands');
  if (name === '--version' || name === '-v') {
    stdout.write(`${version}\n`);
    return;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    stdout.write(`${rest[0] === undefined ? programHelp(commands) : commandHelp(commandNamed(rest[0], commands))}\n`);
    return;
  }
  const command = commandNamed(name, commands);
  const invocation = parse(command, rest, new Output(stdout));
  if (invocation.options.has('help')) stdout.write(`${commandHelp(command)}\n`);
  else await command.run(checkArity(command, invocation));
}

function commandNamed(name: string, commands: readonly Command[]): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  if (name.startsWith('-')) throw new UsageError(`the command comes before its options, such as ${JSON.stringify(name)}; \`cdas-lens --help\` lists the commands`);
  throw new UsageError(`unknown command ${JSON.stringify(name)}${suggestion(name, commands.map((command) => command.name))}; \`cdas-lens --help\` lists them`);
}

function parse(command: Command, args: readonly string[], output: Output): Invocation {
  const specs = [...command.options, ...commonOptions];
  const options: ParseArgsConfig['options'] = Object.fromEntries(
    specs.map(({ name, value, repeatable }) => [name, value !== undefined ? { type: 'string' as const, multiple: repeatable === true } : name === 'help' ? { type: 'boolean' as const, short: 'h' } : { type: 'boolean' as const }]),
  );
  // Not strict: its messages name neither the nearest option nor what stands for a value.
  const { values, positionals, tokens } = parseArgs({ args: withNegatives(args, specs), options, allowPositionals: true, strict: false, tokens: true });
  for (const token of tokens) if (token.kind === 'option') checkOption(command, specs, token);
  const given = new Map<string, string | true>();
  for (const [name, value] of Object.entries(values)) {
    if (Array.isArray(value)) given.set(name, value.join(','));
    else if (typeof value === 'string' || value === true) given.set(name, value);
  }
  return { positionals, options: given, json: given.has('json'), output };
}

/** One option as the parser found it; a value that stands behind it and not in it may be the next option. */
interface GivenOption {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function checkOption(command: Command, specs: readonly OptionSpec[], { name, rawName, value, inlineValue }: GivenOption): void {
  const help = `\`cdas-lens ${command.name} --help\` lists the options`;
  const spec = specs.find((each) => each.name === name);
  if (spec === undefined) throw new UsageError(`unknown option ${JSON.stringify(rawName)}${suggestion(rawName, specs.map((each) => `--${each.name}`))}; ${help}`);
  if (spec.value === undefined) {
    if (value !== undefined) throw new UsageError(`--${name} takes no value; ${help}`);
    return;
  }
  if (value === undefined) throw new UsageError(`--${name} needs a value: --${name} ${spec.value}`);
  if (inlineValue !== true && value.startsWith('-') && value !== '-') throw new UsageError(`--${name} needs a value: --${name} ${spec.value}; one that begins with “-” is given as --${name}=${value}`);
  // A place that a script's unset variable names would be the current directory.
  if (value === '' && placeValues.has(spec.value)) throw new UsageError(`--${name} takes a path, not ""`);
}

/** The arguments with a negative number joined to the option that it is the value of, which the parser would take for options. */
function withNegatives(args: readonly string[], specs: readonly OptionSpec[]): string[] {
  const takesValue = new Set(specs.filter(({ value }) => value !== undefined).map(({ name }) => `--${name}`));
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  return args.flatMap((arg, at) => {
    const isValue = (place: number): boolean => place < end && /^-[\d.]/.test(args[place] ?? '') && takesValue.has(args[place - 1] ?? '');
    if (isValue(at)) return [];
    return isValue(at + 1) ? [`${arg}=${args[at + 1] ?? ''}`] : [arg];
  });
}

function checkArity({ name, usage, arity }: Command, invocation: Invocation): Invocation {
  const { length } = invocation.positionals;
  const call = `cdas-lens ${name} ${usage}`.trimEnd();
  if (invocation.positionals.includes('')) throw new UsageError(`an argument is empty; usage: ${call}`);
  if (length < arity.min) throw new UsageError(`too few arguments; usage: ${call}`);
  if (length > arity.max) throw new UsageError(`too many arguments, first ${JSON.stringify(invocation.positionals[arity.max])}; usage: ${call}`);
  return invocation;
}

function onOneLine(error: unknown): string {
  return messageOf(error).replace(/\s*\n\s*/g, ' ');
}
