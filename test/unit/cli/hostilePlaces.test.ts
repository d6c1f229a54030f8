import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from '../temporaryDirectory';
import { cliBundle, environment, fixtures, runCli } from './cliProcess';

describe('the command line in places that are hard to work in', () => {
  const directory = temporaryDirectory();
  const run = path.join(fixtures, 'runs', 'verl_v07');

  it('says which directory it cannot open since its name is not UTF-8', function () {
    if (process.platform !== 'linux') this.skip();
    mkdirSync(Buffer.concat([Buffer.from(`${directory.path()}/bad`), Buffer.from([0xff])]));
    const { code, stderr } = runCli(['runs'], directory.path());
    assert.equal(code, 0);
    assert.match(stderr, /^cdas-lens: warning: .*bad\ufffd: its name is not UTF-8, so it cannot be opened here; rename it\n$/);
    assert.match(runCli(['show', 'bad\ufffd'], directory.path()).stderr, /bad\ufffd cannot be opened: its name is not UTF-8\. Rename it\.\n$/);
  });

  it('names the run whose id is nearly the one that was typed', () => {
    cpSync(run, path.join(directory.path(), 'gsm'), { recursive: true });
    assert.match(runCli(['show', 'qwen_gsm8'], directory.path()).stderr, /is neither a directory nor the id of a run here \(did you mean qwen_gsm8k[^ )]*\?\); `cdas-lens runs` lists the ids\.\n$/);
  });

  it('reads and decides for a user whom the system does not know, without a home', function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) this.skip();
    const { HOME: home, GIT_CONFIG_COUNT: settings, ...rest } = { HOME: '', ...environment };
    assert.ok(home !== '' && settings !== '');
    const call = (...args: string[]): unknown[] => {
      const { status, stderr } = spawnSync(process.execPath, [cliBundle(), ...args], { cwd: directory.path(), env: rest, uid: 54_321, gid: 54_321, encoding: 'utf8' });
      return [status, stderr];
    };
    cpSync(run, path.join(directory.path(), 'run'), { recursive: true });
    chmodSync(directory.path(), 0o777);
    assert.deepEqual(call('show', 'run'), [0, '']);
    assert.deepEqual(call('pin', 'a'), [0, '']);
  });

  for (const [what, content, message] of [
    ['is no JSON', 'prompt: x', /: it is no JSON: /],
    ['is a directory', null, /: it is a directory; name the JSON file with the mapping\.\n$/],
  ] as const) {
    it(`says that a --mapping ${what}`, () => {
      const file = path.join(directory.path(), 'mapping.json');
      if (content === null) mkdirSync(file);
      else writeFileSync(file, content);
      const { code, stderr } = runCli(['show', run, '--mapping', file]);
      assert.equal(code, 1);
      assert.match(stderr, message);
    });
  }
});
