import assert from 'node:assert/strict';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { textHash } from '../../../src/core/identity';
import { isRecord } from '../../../src/core/json';
import { temporaryDirectory } from '../temporaryDirectory';
import { cliJson, fixtures, runCli } from './cliProcess';

const rollouts = path.join(fixtures, 'runs', 'verl_v07', 'rollouts');

describe('deciding on the command line', () => {
  const directory = temporaryDirectory();
  const file = (name: string): string => path.join(directory.path(), '.cdas', name);
  const call = (...args: readonly string[]): unknown => cliJson(args, directory.path());
  const decided = (...args: readonly string[]): Record<string, unknown>[] => {
    const list = call(...args);
    assert.ok(Array.isArray(list) && list.every(isRecord));
    return list;
  };
  const sampler = (): Record<string, unknown> => {
    const value: unknown = JSON.parse(readFileSync(file('sampler.json'), 'utf8'));
    assert.ok(isRecord(value));
    return value;
  };
  const state = (): Record<string, unknown> => {
    const value = call('decisions');
    assert.ok(isRecord(value));
    return value;
  };

  it('appends what was decided, gives it back and compiles it', () => {
    const written = decided('exclude', 'a', 'b', '--reason', 'too easy');
    assert.deepEqual(written.map(({ action, problem, reason, by }) => [action, problem, reason, by]), [
      ['exclude', 'a', 'too easy', 'Ada <ada@example.org>'],
      ['exclude', 'b', 'too easy', 'Ada <ada@example.org>'],
    ]);
    const lines = readFileSync(file('decisions.jsonl'), 'utf8').trimEnd().split('\n');
    assert.deepEqual(lines.map((line): unknown => JSON.parse(line)), written);
    assert.deepEqual(sampler()['problems'], { a: { membership: 'exclude' }, b: { membership: 'exclude' } });
    assert.equal(sampler()['generation'], 2);
  });

  it('writes one decision for an id that is named twice', () => {
    assert.equal(decided('pin', 'a', 'a').length, 1);
  });

  it('relabels to any JSON and clears that again', () => {
    decided('relabel', 'a', '--to', '-5');
    assert.deepEqual(sampler()['problems'], { a: { groundTruth: -5 } });
    decided('relabel', 'a', '--to', '{"answer": [1, null]}');
    assert.deepEqual(sampler()['problems'], { a: { groundTruth: { answer: [1, null] } } });
    decided('clear', 'a');
    assert.deepEqual(sampler()['problems'], {});
  });

  it('reverts by id, once, and redoes by reverting the revert', () => {
    const id = String(decided('pin', 'a')[0]!['id']);
    const revert = String(decided('revert', id)[0]!['id']);
    assert.deepEqual(sampler()['problems'], {});
    const again = runCli(['revert', id], directory.path());
    assert.equal(again.code, 1);
    assert.match(again.stderr, /undone already\. To redo it, revert the revert/);
    decided('revert', revert);
    assert.deepEqual(sampler()['problems'], { a: { membership: 'pin' } });
  });

  it('says the text of a problem that has an id only where the dataset does, whatever stands in the log', () => {
    const log = path.join(directory.path(), 'log');
    mkdirSync(log);
    const row = (id: string, fields: Record<string, string>): string =>
      `${JSON.stringify({ schema: 'cdas-rollout/1', step: 1, split: 'train', problem_id: id, reward: 1, ...fields })}\n`;
    writeFileSync(path.join(log, 'rollouts-1.jsonl'), row('a', {}) + row('b', { prompt: 'Question b. Think step by step.' }));
    decided('exclude', 'a', 'b', '--run', 'log');
    assert.deepEqual(sampler()['problems'], { a: { membership: 'exclude' }, b: { membership: 'exclude' } });
    writeFileSync(path.join(directory.path(), 'data.jsonl'), `${JSON.stringify({ id: 'b', question: 'Question b.' })}\n`);
    call('compile', 'log', '--dataset', 'data.jsonl');
    assert.deepEqual(sampler()['problems'], {
      a: { membership: 'exclude' },
      b: { membership: 'exclude', textHash: textHash('Question b.'), index: 'b' },
    });
  });

  it('lets a decision lapse at a step of the run', () => {
    cpSync(rollouts, path.join(directory.path(), 'rollouts'), { recursive: true });
    decided('exclude', 'a', '--expires', '4');
    decided('exclude', 'b', '--expires', '5');
    const said = (): string => runCli(['decisions', '--run', '.'], directory.path()).stdout;
    assert.match(said(), /sampler\.json still holds expired decisions: `cdas-lens compile RUN`/);
    call('compile', '.');
    assert.doesNotMatch(said(), /still holds/);
    assert.deepEqual(sampler()['problems'], { b: { membership: 'exclude' } });
  });

  it('keeps until when a decision holds that ends at a date', () => {
    const written = call('pin', 'a', '--expires', '2130-01-31T10:00+02:00');
    assert.ok(Array.isArray(written) && isRecord(written[0]));
    assert.deepEqual(written[0]['expires'], { at: '2130-01-31T08:00:00.000Z' });
  });

  it('keeps the state of the run that sampler.json was compiled for', () => {
    cpSync(rollouts, path.join(directory.path(), 'rollouts'), { recursive: true });
    const compiled = call('compile', '.');
    assert.ok(isRecord(compiled));
    assert.deepEqual([compiled['path'], compiled['generation'], compiled['written']], [file('sampler.json'), 0, true]);
    const { competence, difficulty, run } = sampler();
    assert.equal(typeof competence, 'number');
    decided('exclude', 'x');
    const after = sampler();
    assert.deepEqual([after['competence'], after['difficulty'], after['run']], [competence, difficulty, run]);
    assert.deepEqual(after['problems'], { x: { membership: 'exclude' } });
  });

  it('writes the strategy that was chosen, and keeps it until another one is', () => {
    cpSync(rollouts, path.join(directory.path(), 'rollouts'), { recursive: true });
    const stated = { mode: 'paper', warmup: 'first-epoch', symmetric: true };
    call('compile', '.', '--strategy', 'mopps', '--seed', '7', '--param', 'target=0.4', '--param', 'decay=0.7');
    assert.deepEqual(sampler()['strategy'], { ...stated, name: 'mopps', seed: 7, target: 0.4, decay: 0.7 });
    decided('exclude', 'x', '--run', '.');
    decided('exclude', 'y');
    call('compile', '.', '--param', 'target=0.5');
    assert.deepEqual(sampler()['strategy'], { ...stated, name: 'mopps', seed: 7, target: 0.5, decay: 0.7 });
    call('compile', '.', '--strategy', 'cdas', '--warmup', 'none');
    assert.deepEqual(sampler()['strategy'], { ...stated, name: 'cdas', warmup: 'none', seed: 7 });
  });

  it('says which strategies and parameters there are', () => {
    cpSync(rollouts, path.join(directory.path(), 'rollouts'), { recursive: true });
    const refused = (...args: readonly string[]): [number | null, string] => {
      const { code, stderr } = runCli(['compile', '.', ...args], directory.path());
      return [code, stderr];
    };
    assert.match(refused('--strategy', 'mops').join(' '), /^2 .*--strategy takes cdas, random, /);
    assert.match(refused('--param', 'target').join(' '), /^2 .*--param takes NAME=NUMBER/);
    assert.match(refused('--strategy', 'mopps', '--param', 'aim=1').join(' '), /^1 .*mopps has no parameter "aim"; it has target, decay, candidates/);
    assert.ok(!existsSync(file('sampler.json')));
  });

  it('keeps what a run shows as evidence when it is named', () => {
    cpSync(rollouts, path.join(directory.path(), 'rollouts'), { recursive: true });
    const [problem] = decided('problems', '.');
    const [written] = decided('relabel', String(problem!['id']), '--to', '"x"', '--run', '.');
    assert.equal(written!['was'], problem!['groundTruth']);
    const evidence = written!['evidence'];
    assert.ok(isRecord(evidence));
    assert.deepEqual([evidence['step'], evidence['difficulty'], evidence['visits']], [4, problem!['difficulty'], problem!['visits']]);
  });

  it('warns of a problem that the named run does not know, and decides all the same', () => {
    const { code, stderr } = runCli(['pin', 'typo', '--run', rollouts], directory.path());
    assert.equal(code, 0);
    assert.match(stderr, /^cdas-lens: warning: Not in the log of this run, and no dataset is known: typo\. The decision was written anyway/);
    assert.deepEqual(sampler()['problems'], { typo: { membership: 'pin' } });
  });

  it('undoes the newest decision, then the one before it, and says what that was', () => {
    decided('exclude', 'a');
    const [pin] = decided('pin', 'b', '--reason', 'hard');
    const { code, stdout } = runCli(['undo', '--reason', 'too hard'], directory.path());
    assert.equal(code, 0);
    assert.ok(stdout.includes(`reverted ${String(pin!['id'])} (pinned: b)\n`), stdout);
    assert.deepEqual(sampler()['problems'], { a: { membership: 'exclude' } });
    assert.deepEqual(decided('undo').map(({ action, problem }) => [action, problem]), [['revert', 'a']]);
    assert.deepEqual(sampler()['problems'], {});
    const more = runCli(['undo'], directory.path());
    assert.deepEqual([more.code, more.stderr], [1, 'cdas-lens: There is no decision to undo.\n']);
  });

  it('undoes a clear whole, with the relabels that it took back, and leaves the decision before it', () => {
    decided('exclude', 'other');
    for (const before of [[], ['pin', 'a']]) {
      if (before.length > 0) decided(...before);
      decided('relabel', 'a', '--to', '7');
      const problems = sampler()['problems'];
      decided('clear', 'a');
      assert.deepEqual(sampler()['problems'], { other: { membership: 'exclude' } });
      const undone = decided('undo');
      assert.deepEqual(sampler()['problems'], problems);
      decided('revert', String(undone[0]!['id']));
      assert.deepEqual(sampler()['problems'], { other: { membership: 'exclude' } });
    }
  });

  it('lists of a revert which decision it undid, and about which problem', () => {
    const [pin] = decided('pin', 'b');
    decided('undo');
    const { stdout } = runCli(['decisions'], directory.path());
    assert.match(stdout, new RegExp(`revert ${String(pin!['id'])} +b `));
  });

  it('names what the trainer cannot follow of the strategy', () => {
    decided('exclude', 'a');
    const sampling = { strategy: { name: 'balanced-filter' }, ignored: ['low is "0.2": it must be a number from 0 to 1'], size: 4, draws: 0, observed: 0, epoch: 0, offset: 0 };
    const receipt = { schema: 'cdas-receipt/1', at: new Date(Date.now() + 1000).toISOString(), generation: 1, digest: sampler()['digest'], appliedAtStep: 4, sampler: sampling };
    appendFileSync(file('receipts.jsonl'), `${JSON.stringify(receipt)}\n`);
    assert.deepEqual(state()['warnings'], ['The trainer cannot follow every part of its strategy: low is "0.2": it must be a number from 0 to 1.']);
  });

  it('follows a receipt from pending to active', () => {
    const [written] = decided('exclude', 'a');
    const standing = (): unknown => {
      const list = state()['decisions'];
      assert.ok(Array.isArray(list) && isRecord(list[0]));
      return [list[0]['id'], list[0]['state'], list[0]['activeFromStep']];
    };
    assert.deepEqual(standing(), [written!['id'], 'pending', null]);
    const receipt = { schema: 'cdas-receipt/1', at: new Date(Date.now() + 1000).toISOString(), generation: 1, digest: sampler()['digest'], appliedAtStep: 41 };
    appendFileSync(file('receipts.jsonl'), `${JSON.stringify(receipt)}\n`);
    assert.deepEqual(standing(), [written!['id'], 'active', 41]);
  });

  it('lists every decision that the trainer does not follow, with why and what to do', () => {
    const many = Array.from({ length: 300 }, (_, n) => `p${n}`);
    decided('exclude', ...many, 'full');
    const receipt = { schema: 'cdas-receipt/1', at: new Date(Date.now() + 1000).toISOString(), generation: 301, digest: sampler()['digest'], appliedAtStep: 4, unmatched: many, ambiguous: ['p7'], ignored: ['full'] };
    appendFileSync(file('receipts.jsonl'), `${JSON.stringify(receipt)}\n`);
    const { decisions } = state();
    assert.ok(Array.isArray(decisions) && decisions.every(isRecord));
    const counts = new Map<string, number>();
    for (const { state: standing, why } of decisions) counts.set(`${String(standing)} ${String(why)}`, (counts.get(`${String(standing)} ${String(why)}`) ?? 0) + 1);
    assert.deepEqual(Object.fromEntries(counts), { 'unmatched absent': 299, 'unmatched ambiguous': 1, 'refused refused': 1 });
    const { stdout } = runCli(['decisions'], directory.path());
    assert.match(stdout, /unmatched: absent/);
    assert.match(stdout, /^! 299 decisions: The trainer’s dataset does not contain this problem\. Check that the job trains on this dataset/m);
    assert.match(stdout, /^! 1 decision: The trainer refused this exclusion: .*Clear some of them\.$/m);
  });

  it('shows the state that the decisions come to', () => {
    decided('exclude', 'a');
    decided('relabel', 'b', '--to', '7');
    const { generation, problems } = state();
    assert.equal(generation, 2);
    assert.ok(Array.isArray(problems) && problems.every(isRecord));
    assert.deepEqual(problems.map(({ id, membership, relabelledTo }) => [id, membership, relabelledTo]), [
      ['a', 'exclude', null],
      ['b', 'normal', 7],
    ]);
  });

  it('names damaged lines on standard error, decides all the same and loses none of them', () => {
    mkdirSync(path.join(directory.path(), '.cdas'));
    writeFileSync(file('decisions.jsonl'), 'nonsense\n{"half":');
    const { code, stderr } = runCli(['pin', 'a'], directory.path());
    assert.equal(code, 0);
    assert.match(stderr, /^cdas-lens: warning: decisions\.jsonl line 1 is not JSON.*\n.*line 2 is not JSON.*\n$/);
    assert.ok(readFileSync(file('decisions.jsonl'), 'utf8').startsWith('nonsense\n{"half":\n{'));
    assert.deepEqual(sampler()['problems'], { a: { membership: 'pin' } });
  });

  it('does not say that there are no decisions where they cannot be read', () => {
    mkdirSync(file('decisions.jsonl'), { recursive: true });
    const { stdout, stderr } = runCli(['decisions'], directory.path());
    assert.match(stdout, /^No decisions are known; see the warnings\.$/m);
    assert.match(stderr, /decisions\.jsonl/);
  });

  it('keeps a sampler.json that was edited by hand and says so', () => {
    decided('pin', 'a');
    const edited = readFileSync(file('sampler.json'), 'utf8').replace('"pin"', '"exclude"');
    writeFileSync(file('sampler.json'), edited);
    const { stderr } = runCli(['pin', 'b'], directory.path());
    const copy = /sampler\.json was edited by hand; the old text is kept as (sampler\.json\.edited-\S+?)\. /.exec(stderr)?.[1];
    assert.equal(readFileSync(file(copy!), 'utf8'), edited);
    assert.deepEqual(sampler()['problems'], { a: { membership: 'pin' }, b: { membership: 'pin' } });
  });

  it('writes where --dir says and nowhere else', () => {
    decided('pin', 'a', '--dir', 'elsewhere');
    assert.ok(existsSync(path.join(directory.path(), 'elsewhere', 'sampler.json')));
    assert.ok(!existsSync(file('')));
  });

  it('says what to do when the directory cannot be one', () => {
    writeFileSync(path.join(directory.path(), '.cdas'), '');
    const { code, stderr } = runCli(['pin', 'a'], directory.path());
    assert.equal(code, 1);
    assert.match(stderr, /^cdas-lens: Could not read .*Rename that file.*\n$/);
  });

  it('refuses wrong usage with exit code 2 and writes nothing', () => {
    for (const args of [['pin'], ['pin', ''], ['relabel', 'a'], ['relabel', 'a', '--to', 'x y'], ['relabel', 'a', '--to', '[1, 12345678901234567890]'], ['relabel', 'a', '--to', '1e999'], ['exclude', 'a', '--expires', 'soon'], ['exclude', 'a', '--expires', 'step 41'], ['exclude', 'a', '--expires', '-5'], ['exclude', 'a', '--expires', '9'.repeat(20)], ['revert'], ['decisions', 'x']]) {
      const { code, stdout, stderr } = runCli(args, directory.path());
      assert.deepEqual([code, stdout, stderr.trimEnd().split('\n').length], [2, '', 1], args.join(' '));
    }
    assert.ok(!existsSync(file('')));
  });

  it('refuses to revert what is not there', () => {
    assert.match(runCli(['revert', 'x'], directory.path()).stderr, /There is no decision x in .*decisions\.jsonl/);
  });
});
