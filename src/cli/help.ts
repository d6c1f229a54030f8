import type { Command, OptionSpec } from './command';

/** Options that every command takes. */
export const commonOptions: readonly OptionSpec[] = [
  { name: 'json', help: 'print one JSON document (`watch`: one line of JSON per step)' },
  { name: 'help', help: 'show this help' },
];

/** What `cdas-lens --help` says. */
export function programHelp(commands: readonly Command[]): string {
  const calls = commands.map((command) => `${command.name} ${command.usage}`.trim());
  const widest = Math.max(...calls.map((call) => call.length));
  const lines = commands.map((command, at) => `  ${(calls[at] ?? '').padEnd(widest)}  ${command.summary}`);
  return [
    'Usage: cdas-lens COMMAND [ARGUMENTS] [--json]',
    '',
    'Reads the rollout logs of RL post-training runs, rates problem difficulty and competence (CDAS),',
    'and keeps people\'s decisions about problems in .cdas/ for the training job to obey.',
    '',
    'Commands:',
    ...lines,
    '',
    'RUN is a run directory, the directory with its step files, or a run id as `cdas-lens runs` lists it.',
    '`cdas-lens COMMAND --help` lists the options of a command; `cdas-lens --version` prints the version.',
    'Warnings and errors go to standard error. Exit codes: 0 success, 1 error, 2 wrong usage.',
  ].join('\n');
}

/** What `cdas-lens COMMAND --help` says. */
export function commandHelp(command: Command): string {
  const options = [...command.options, ...commonOptions];
  const names = options.map(({ name, value }) => `--${name}${value === undefined ? '' : ` ${value}`}`);
  const widest = Math.max(...names.map((name) => name.length));
  return [
    `Usage: cdas-lens ${command.name} ${command.usage}`.trimEnd(),
    '',
    command.summary,
    '',
    'Options:',
    ...options.map(({ help }, at) => `  ${(names[at] ?? '').padEnd(widest)}  ${help}`),
  ].join('\n');
}
