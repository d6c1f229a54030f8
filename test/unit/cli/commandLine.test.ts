import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '../../../src/core/json';
import { commands } from '../../../src/cli/commands';
import { cliBundle, environment, fixtures, runCli } from './cliProcess';

describe('the command line', () => {
  it('tells the version of its package', () => {
    const manifest: unknown = JSON.parse(readFileSync('package.json', 'utf8'));
    assert.ok(isRecord(manifest));
    assert.equal(runCli(['--version']).stdout, `${String(manifest['version'])}\n`);
  });

  it('lists every command in its help', () => {
    const { code, stdout } = runCli(['--help']);
    assert.equal(code, 0);
    for (const { name, summary } of commands) assert.match(stdout, new RegExp(`^  ${name} .*${summary.slice(0, 10)}`, 'm'));
  });

  for (const { name, options } of commands) {
    it(`explains ${name} with every option`, () => {
      const { code, stdout } = runCli([name, '--help']);
      assert.equal(code, 0);
      for (const option of options) assert.ok(stdout.includes(`  --${option.name}`), option.name);
    });
  }

  for (const [what, args, message] of [
    ['no command', [], /no command given/],
    ['an unknown command', ['dance'], /unknown command "dance"/],
    ['an unknown option', ['runs', '--fast'], /unknown option "--fast"; `cdas-lens runs --help` lists the options/],
    ['a misspelled command', ['dotcor', 'a'], /unknown command "dotcor" \(did you mean doctor\?\)/],
    ['a misspelled option', ['show', 'a', '--Treshold=1'], /unknown option "--Treshold" \(did you mean --threshold\?\); `cdas-lens show --help` lists the options/],
    ['the beginning of an option', ['show', 'a', '--thresh', '1'], /unknown option "--thresh" \(did you mean --threshold\?\)/],
    ['an option with one dash', ['show', 'a', '-json'], /unknown option "-j"/],
    ['a switch with a value', ['show', 'a', '--json=no'], /--json takes no value/],
    ['an option whose value is the next option', ['problems', 'a', '--limit', '--json'], /--limit needs a value: --limit N; one that begins with “-” is given as --limit=--json/],
    ['too many arguments', ['show', 'a', 'b'], /too many arguments, first "b"/],
    ['too few arguments', ['show'], /too few arguments; usage: cdas-lens show RUN/],
    ['an option without its value', ['show', 'a', '--mode'], /--mode needs a value: --mode M/],
    ['a wrong mode', ['show', 'a', '--mode', 'fast'], /--mode takes paper, official-compat, not "fast"/],
    ['help on an unknown command', ['help', 'dance'], /unknown command "dance"/],
    ['an option before the command', ['--json', 'runs'], /the command comes before its options/],
    ['an empty directory, as of an unset variable', ['pin', 'a', '--dir', ''], /--dir takes a path, not ""/],
    ['an empty argument', ['show', ''], /an argument is empty; usage: cdas-lens show RUN/],
    ['a threshold that is no number', ['show', 'a', '--threshold', ''], /--threshold takes a number, not ""/],
  ] as const) {
    it(`answers ${what} with one line and exit code 2`, () => {
      const { code, stdout, stderr } = runCli(args);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, message);
      assert.equal(stderr.indexOf('\n'), stderr.length - 1);
    });
  }

  it('shows control characters of an argument instead of sending them to the terminal', () => {
    assert.match(runCli(['show', 'a\u001b[31m\u202eb']).stderr, /^cdas-lens: a\\u001b\[31m\\u202eb is neither/);
  });

  it('ends quietly when its reader has seen enough', function () {
    if (process.platform === 'win32') this.skip();
    // `true` is gone long before the first byte, so the write fails for certain.
    const script = '"$0" "$1" groups "$2" --json | true; exit ${PIPESTATUS[0]}';
    const { status, stderr } = spawnSync('bash', ['-c', script, process.execPath, cliBundle(), path.join(fixtures, 'runs', 'verl_v07')], { env: environment, encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
  });

  it('says in one line that its output has no room', function () {
    if (process.platform !== 'linux') this.skip();
    const { status, stderr } = spawnSync('bash', ['-c', '"$0" "$1" --help > /dev/full', process.execPath, cliBundle()], { env: environment, encoding: 'utf8' });
    assert.deepEqual([status, stderr], [1, 'cdas-lens: standard output cannot be written: ENOSPC: no space left on device, write\n']);
  });

  it('writes a long document into a pipe to its end', () => {
    const { stdout } = runCli(['problems', path.join(fixtures, 'runs', 'verl_v07'), '--json']);
    assert.ok(Array.isArray(JSON.parse(stdout)));
  });
});
