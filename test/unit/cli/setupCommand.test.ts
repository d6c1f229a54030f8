import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setupFrameworks } from '../../../src/core/trainerSetup';
import { loggingAdvice } from '../../../src/engine/doctor/doctorAdvice';
import { cliJson, fixtures, runCli } from './cliProcess';

describe('cdas-lens setup', () => {
  let project: string;
  const copy = (): string => path.join(project, 'cdas-lens-trainer');

  beforeEach(() => {
    project = realpathSync(mkdtempSync(path.join(tmpdir(), 'cdas-setup-')));
  });
  afterEach(() => {
    rmSync(project, { recursive: true });
  });

  it('copies the whole package, as pip wants it', () => {
    assert.equal(runCli(['setup', '--framework', 'trl'], project).code, 0);
    const source = path.join(fixtures, '../../src/trainer');
    const modules = readdirSync(path.join(source, 'cdas_lens')).filter((name) => name.endsWith('.py'));
    assert.deepEqual(readdirSync(copy()).sort(), ['README.md', 'cdas_lens', 'pyproject.toml']);
    assert.deepEqual(readdirSync(path.join(copy(), 'cdas_lens')).sort(), modules.sort());
    assert.equal(readFileSync(path.join(copy(), 'cdas_lens/trl.py'), 'utf8'), readFileSync(path.join(source, 'cdas_lens/trl.py'), 'utf8'));
  });

  it('prints lines that name this project’s curation directory and the run', () => {
    const { stdout } = runCli(['setup', path.join(fixtures, 'runs/verl_v07')], project);
    assert.match(stdout, /^Training with verl:$/m);
    assert.match(stdout, /^pip install \.\/cdas-lens-trainer$/m);
    assert.ok(stdout.includes(`+data.cdas.dir=${path.join(project, '.cdas')} \\`));
  });

  it('finds the framework in the files of the project', () => {
    writeFileSync(path.join(project, 'requirements.txt'), 'torch\ntrl>=1.0\n');
    assert.match(runCli(['setup', '--print-only'], project).stdout, /CuratedGRPOTrainer/);
    assert.deepEqual(readdirSync(project), ['requirements.txt']);
  });

  it('asks for the framework where the files name none or two', () => {
    assert.deepEqual([runCli(['setup'], project).code, readdirSync(project)], [2, []]);
    writeFileSync(path.join(project, 'requirements.txt'), 'trl\nverl\n');
    const { code, stderr } = runCli(['setup'], project);
    assert.equal(code, 2);
    assert.match(stderr, /--framework \(verl, trl, /);
  });

  it('says of a trainer without a part of its own what is so, copies nothing, and gives the lines that the doctor gives', () => {
    for (const [run, framework] of [['ms_swift_hf', 'ms-swift'], ['roll_rlvr', 'roll']] as const) {
      const { code, stdout } = runCli(['setup', path.join(fixtures, 'runs', run)], project);
      assert.deepEqual([code, readdirSync(project)], [0, []], run);
      assert.ok(stdout.includes(`The package has no adapter for ${framework}: decisions cannot reach a running job`), stdout);
      const settings = loggingAdvice(framework).flatMap(({ setting }) => setting ?? []);
      assert.ok(settings.length > 0 && settings.every((setting) => stdout.split('\n').includes(setting)), stdout);
    }
  });

  it('puts decisions into the dataset of a trainer that is handed one', () => {
    const { stdout } = runCli(['setup', path.join(fixtures, 'runs/areal_2026_08')], project);
    assert.match(stdout, /^train_dataset = CuratedRows\(train_dataset, .*run="trial0"\)$/m);
    assert.ok(readdirSync(copy()).includes('cdas_lens'));
  });

  it('gives lines for any trainer where a neutral or mapped log does not say which one wrote it', () => {
    const log = path.join(project, 'log');
    mkdirSync(log);
    writeFileSync(path.join(log, 'rollouts-1.jsonl'), '{"schema": "cdas-rollout/1", "step": 1, "split": "train", "problem_id": "a", "reward": 1}\n');
    assert.match(runCli(['setup', log], project).stdout, /do not say which trainer wrote them\. For its own lines, name it with --framework[^]*CuratedBatches/);
    writeFileSync(path.join(log, 'rollouts-1.jsonl'), '{"q": "2 + 2", "r": 1, "it": 1}\n');
    writeFileSync(path.join(project, 'mapping.json'), '{"**/*.jsonl": {"prompt": "q", "reward": "r", "step": "it"}}');
    assert.match(runCli(['setup', log, '--mapping', 'mapping.json'], project).stdout, /read through a field mapping[^]*CuratedBatches/);
  });

  it('replaces an older copy whole, and refuses a directory with anything else in it', () => {
    runCli(['setup', '--framework', 'trl'], project);
    writeFileSync(path.join(copy(), 'cdas_lens/gone.py'), '');
    writeFileSync(path.join(copy(), 'cdas_lens/trl.py'), 'old');
    assert.match(runCli(['setup', '--framework', 'trl'], project).stdout, /^Replaced /);
    assert.ok(!readdirSync(path.join(copy(), 'cdas_lens')).includes('gone.py'));
    assert.notEqual(readFileSync(path.join(copy(), 'cdas_lens/trl.py'), 'utf8'), 'old');
    mkdirSync(path.join(project, 'mine'));
    writeFileSync(path.join(project, 'mine/notes.txt'), 'x');
    const { code, stderr } = runCli(['setup', '--framework', 'trl', '--to', 'mine'], project);
    assert.equal(code, 1);
    assert.match(stderr, /holds something other .*Choose another directory/);
    assert.deepEqual(readdirSync(path.join(project, 'mine')), ['notes.txt']);
  });

  it('has lines for every framework, with the paths quoted for where they stand', () => {
    const directory = path.join(project, "Ada's work");
    mkdirSync(directory);
    for (const framework of setupFrameworks) {
      const { parts } = cliJson(['setup', '--framework', framework, '--print-only'], directory) as { parts: { language: string; lines: string[] }[] };
      const text = parts.flatMap(({ lines }) => lines).join('\n');
      const curation = path.join(directory, '.cdas');
      const shell = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
      const expected = framework === 'verl' ? [shell(`'${curation.replace("'", "\\'")}'`)] : [shell(curation), JSON.stringify(curation)];
      assert.ok(expected.some((path) => text.includes(path)), framework);
      assert.match(text, /cdas_lens\./, framework);
    }
  });
});
