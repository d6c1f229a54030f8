import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isRecord } from '../../../src/core/json';
import { temporaryDirectory } from '../temporaryDirectory';
import { readExpected } from '../engine/fixtureRuns';
import { asOrdinaryUser } from '../ordinaryUser';
import { cliBundle, cliJson, fixtures, runCli, type CliResult } from './cliProcess';

const v07 = path.join(fixtures, 'runs', 'verl_v07');
const v08 = path.join(fixtures, 'runs', 'verl_v08_dapo_reward');
const dataset = path.join(fixtures, 'datasets', 'math8_verl.jsonl');

function records(value: unknown): Record<string, unknown>[] {
  assert.ok(Array.isArray(value) && value.every(isRecord));
  return value;
}

function record(value: unknown): Record<string, unknown> {
  assert.ok(isRecord(value));
  return value;
}

describe('cdas-lens runs', () => {
  it('lists the runs under a directory with exactly the promised fields', () => {
    const directories = ['verl_v07', 'verl_v08_dapo_reward', 'cdas_official'].map((name) => path.join(fixtures, 'runs', name));
    const runs = records(cliJson(['runs', ...directories]));
    const fields = ['id', 'path', 'framework', 'variant', 'firstStep', 'lastStep', 'steps', 'rollouts', 'problems', 'completeness', 'status'];
    assert.deepEqual(runs.map(({ framework }) => framework).sort(), ['cdas', 'verl', 'verl']);
    for (const run of runs) {
      assert.deepEqual(Object.keys(run), fields);
      assert.deepEqual([run['firstStep'], run['lastStep'], run['steps'], run['rollouts'], run['problems']], [1, 4, 4, 64, 8]);
    }
  });

  it('finds nothing where there are no logs, which is no error', () => {
    assert.deepEqual(cliJson(['runs', path.join(fixtures, 'hostile', '33_foreign_files')]), []);
    assert.match(runCli(['runs', path.join(fixtures, 'vectors')]).stdout, /No runs found\. Name the directory.*setup --framework openrlhf/);
  });

  it('says which directory does not exist', () => {
    const { code, stderr } = runCli(['runs', 'nowhere']);
    assert.deepEqual([code, stderr], [1, 'cdas-lens: nowhere does not exist.\n']);
  });

  it('says what may not be read and what to do, as one who looks once', function () {
    if (process.platform === 'win32') this.skip();
    const place = realpathSync(mkdtempSync(path.join(tmpdir(), 'cdas-runs-')));
    cpSync(path.join(v07, 'rollouts'), path.join(place, 'part'), { recursive: true });
    mkdirSync(path.join(place, 'closed'));
    const call = (...args: readonly string[]): CliResult => asOrdinaryUser(() => runCli([...args, '--no-cache'], place));
    cliBundle();
    chmodSync(place, 0o755);
    for (const closed of ['closed', 'part/2.jsonl']) chmodSync(path.join(place, closed), 0);
    try {
      const advice = 'cannot be read (EACCES): permission denied. Give yourself read access to it.';
      assert.deepEqual(call('runs', 'closed'), { code: 1, stdout: '', stderr: `cdas-lens: closed ${advice}\n` });
      assert.equal(call('show', 'closed').stderr, `cdas-lens: No rollout log in ${place}/closed: ${place}/closed ${advice}\n`);
      for (const command of ['runs', 'groups', 'problems']) assert.match(call(command, 'part', '--json').stderr, /^cdas-lens: warning: .*2\.jsonl cannot be read \(EACCES\)/, command);
    } finally {
      rmSync(place, { recursive: true });
    }
  });
});

describe('cdas-lens show', () => {
  it('gives the series, the identities and the health of a run', () => {
    const shown = record(cliJson(['show', v07, '--dataset', dataset]));
    assert.deepEqual(Object.keys(shown), ['run', 'groupSize', 'correctRule', 'series', 'identity', 'health']);
    assert.equal(shown['groupSize'], 4);
    assert.equal(typeof shown['correctRule'], 'string');
    assert.deepEqual(shown['identity'], { explicit: 0, matched: 8, ambiguous: 0, unmatched: 0 });
    assert.deepEqual(shown['health'], { badLines: 0, ignoredLines: 0, superseded: 0, pendingBytes: 0, flags: [] });
    const [first] = records(shown['series']);
    const { competence, targetPassRate, meanLengthChars, ...rest } = first!;
    assert.deepEqual(rest, { step: 1, groups: 4, rollouts: 16, passRate: 7 / 16, allPass: 1, mixed: 2, allFail: 1 });
    assert.equal(targetPassRate, 0.5 - Number(competence));
    assert.ok(Number(meanLengthChars) > 0);
  });

  it('takes the directory of the step files, the run directory and the id for the same run', () => {
    const fields = ['series', 'identity'] as const;
    const pick = (target: string): unknown[] => {
      const shown = record(cliJson(['show', target], path.join(fixtures, 'runs', 'verl_v07')));
      return fields.map((field) => shown[field]);
    };
    const { id } = record(record(cliJson(['show', v07]))['run']);
    assert.deepEqual(pick(path.join(v07, 'rollouts')), pick(v07));
    assert.deepEqual(pick(String(id)), pick(v07));
  });

  it('judges by a threshold', () => {
    const shown = record(cliJson(['show', v07, '--threshold', '2']));
    assert.ok(records(shown['series']).every(({ passRate, allFail, groups }) => passRate === 0 && allFail === groups));
  });

  it('reads nothing into the path of a missing run', () => {
    const { code, stdout, stderr } = runCli(['show', 'nowhere', '--json']);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^cdas-lens: nowhere is neither a directory nor the id of a run here; .*\n$/);
  });

  it('says that a directory holds no log', () => {
    const { code, stderr } = runCli(['show', path.join(fixtures, 'vectors')]);
    assert.equal(code, 1);
    assert.match(stderr, /^cdas-lens: No rollout log in .* Name the directory that holds the step files\.\n$/);
  });

  it('says of rows in no known format how they may be read', () => {
    const { code, stderr } = runCli(['show', path.join(fixtures, 'datasets')]);
    assert.equal(code, 1);
    assert.match(stderr, /math8_\w+\.jsonl is in an unknown format; `cdas-lens mapping FILE` proposes a field mapping/);
  });

  it('asks for one of several runs', () => {
    const { code, stderr } = runCli(['show', path.join(fixtures, 'runs')]);
    assert.equal(code, 1);
    assert.match(stderr, /holds several runs; name the directory of one: .*verl_v07/);
  });

  it('says why a dataset cannot be used', () => {
    const { code, stderr } = runCli(['show', v07, '--dataset', 'missing.jsonl']);
    assert.equal(code, 1);
    assert.match(stderr, /^cdas-lens: The dataset is not used: .*missing\.jsonl.*\n$/);
  });

  it('shows a table that a person can read', () => {
    const { stdout } = runCli(['show', v07]);
    assert.match(stdout, /^STEP +GROUPS +ROLLOUTS +PASS +ALL-PASS +MIXED +ALL-FAIL +COMPETENCE/m);
    assert.match(stdout, /^ +1 +4 +16 +43\.8 % +1 +2 +1 +−0\.0625 +56\.3 % /m);
  });
});

describe('cdas-lens mapping', () => {
  it('says of a file without rows that it has none', () => {
    const { code, stderr } = runCli(['mapping', path.join(fixtures, 'README.md')]);
    assert.deepEqual([code, stderr], [1, `cdas-lens: ${path.join(fixtures, 'README.md')} does not begin with JSON objects, one per line; name a JSONL file.\n`]);
  });
});

describe('cdas-lens groups', () => {
  it('lists every group in step order, as the fixture holds them', () => {
    const { steps } = readExpected('verl_v08_dapo_reward');
    const groups = records(cliJson(['groups', v08]));
    const counts = groups.map(({ step, n, correct }) => [step, n, correct]);
    const expected = Object.entries(steps).flatMap(([step, problems]) => Object.values(problems).map(({ n, correct }) => [Number(step), n, correct]));
    assert.deepEqual([...counts].sort(), [...expected].sort());
    assert.deepEqual(groups.map(({ step }) => step), groups.map(({ step }) => Number(step)).sort((a, b) => a - b));
    assert.deepEqual(Object.keys(groups[0]!), ['step', 'problem', 'n', 'scored', 'correct', 'rewardMean']);
  });

  it('says how many rollouts of a group have a score: those without are no wrong answers', () => {
    const [group] = records(cliJson(['groups', path.join(fixtures, 'hostile/35_prime_rewards')]));
    assert.deepEqual([group?.['n'], group?.['scored'], group?.['correct']], [6, 4, 2.9]);
  });
});

describe('cdas-lens problems', () => {
  it('lists the promised fields, sorted as asked', () => {
    const rows = records(cliJson(['problems', v07, '--dataset', dataset, '--sort', 'difficulty', '--desc', '--limit', '3']));
    assert.equal(rows.length, 3);
    const fields = ['id', 'text', 'groundTruth', 'visits', 'difficulty', 'passRate', 'rollouts', 'correct', 'lastStep', 'membership', 'relabelledTo'];
    assert.deepEqual(Object.keys(rows[0]!), fields);
    const difficulties = rows.map(({ difficulty }) => Number(difficulty));
    assert.deepEqual(difficulties, [...difficulties].sort((a, b) => b - a));
    const { text, groundTruth, visits, passRate, rollouts, correct, membership, relabelledTo } = rows[0]!;
    assert.match(String(text), /计算/);
    assert.deepEqual([groundTruth, visits, passRate, rollouts, correct, membership, relabelledTo], ['2', 2, 0, 8, 0, 'normal', null]);
  });

  it('are written in tables as in the views, and raw in JSON', () => {
    assert.match(runCli(['problems', v07, '--sort', 'passRate', '--desc', '--limit', '1']).stdout, /^h:e202863de21e919b +−0\.4424 +2 +100 % +8\/8 /m);
    assert.equal(records(cliJson(['problems', v07, '--sort', 'passRate', '--desc', '--limit', '2']))[1]?.['passRate'], 0.875);
  });

  it('refuses an unknown sort with exit code 2 and the known ones', () => {
    const { code, stderr } = runCli(['problems', v07, '--sort', 'beauty']);
    assert.deepEqual([code, stderr], [2, 'cdas-lens: --sort takes difficulty, alignment, passRate, visits, lastStep, id, not "beauty"\n']);
  });

  it('sends no control character of a prompt to the terminal, and all of them into the JSON', () => {
    const hostile = path.join(fixtures, 'hostile', '23_injection');
    const { stdout } = runCli(['problems', hostile]);
    assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    const raw = readFileSync(path.join(hostile, '1.jsonl'), 'utf8');
    assert.equal(records(cliJson(['problems', hostile])).length, new Set(raw.trim().split('\n').map((line) => record(JSON.parse(line))['input'])).size);
  });
});

describe('cdas-lens recompute', () => {
  const expected = readExpected('verl_v07').cdas;

  it('gives the authors’ state, list by list, from the same rollouts', () => {
    const state = record(cliJson(['recompute', v07, '--mode', 'official-compat', '--dataset', dataset]));
    assert.deepEqual(Object.keys(state), ['model_abilities', 'problem_difficulties', 'problem_pass_records', 'cur_step']);
    const abilities = state['model_abilities'];
    assert.ok(Array.isArray(abilities));
    assert.equal(abilities.length, expected.abilities.length);
    expected.abilities.forEach((ability, at) => assert.ok(Math.abs(Number(abilities[at]) - ability) < 1e-12));
    assert.equal(state['cur_step'], 4);
    const lists = (field: string): unknown[] => Object.values(record(state[field]));
    const rounded = (list: unknown): unknown => (Array.isArray(list) ? list.map((value) => Number(value).toFixed(10)) : list);
    assert.deepEqual(lists('problem_difficulties').map(rounded).sort(), Object.values(expected.difficulties).map(rounded).sort());
    assert.ok(lists('problem_pass_records').every((list) => Array.isArray(list) && list.length === 2));
  });

  describe('with --out', () => {
    const directory = temporaryDirectory();

    it('writes the same document into a file and says where', () => {
      const out = path.join(directory.path(), 'state.json');
      assert.deepEqual(cliJson(['recompute', v07, '--out', out]), { path: out });
      assert.deepEqual(JSON.parse(readFileSync(out, 'utf8')), cliJson(['recompute', v07]));
    });

    it('says what to do when the file cannot be written', () => {
      writeFileSync(path.join(directory.path(), 'file'), '');
      const { code, stderr } = runCli(['recompute', v07, '--out', path.join(directory.path(), 'file', 'x.json')]);
      assert.equal(code, 1);
      assert.match(stderr, /^cdas-lens: Could not write .*x\.json: .*Rename that file.*\n$/);
    });
  });
});

describe('cdas-lens next-batch', () => {
  const directory = temporaryDirectory();

  it('takes half from each side of the competence', () => {
    const batch = record(cliJson(['next-batch', v07, '--size', '4', '--dataset', dataset]));
    assert.deepEqual([batch['harder'], batch['easier'], batch['pinned']], [2, 2, 0]);
    const difficulty = new Map(records(cliJson(['problems', v07, '--dataset', dataset])).map((row) => [row['id'], Number(row['difficulty'])]));
    const { ids, competence } = batch;
    assert.ok(Array.isArray(ids));
    assert.deepEqual(ids.map((id) => difficulty.get(id)! > Number(competence)), [true, true, false, false]);
  });

  it('obeys the decisions and repeats itself for the same seed', () => {
    cpSync(path.join(v07, 'rollouts'), path.join(directory.path(), 'rollouts'), { recursive: true });
    const rows = records(cliJson(['problems', '.'], directory.path()));
    const [pinned, excluded] = [String(rows[0]!['id']), String(rows[3]!['id'])];
    cliJson(['pin', pinned], directory.path());
    cliJson(['exclude', excluded], directory.path());
    const batch = record(cliJson(['next-batch', '.', '--size', '7', '--seed', '3'], directory.path()));
    assert.ok(Array.isArray(batch['ids']));
    assert.equal(batch['ids'][0], pinned);
    assert.ok(!batch['ids'].includes(excluded));
    assert.equal(new Set(batch['ids']).size, 7);
    assert.deepEqual(cliJson(['next-batch', '.', '--size', '7', '--seed', '3'], directory.path()), batch);
  });

  it('takes as many problems as the steps of the run have, and says what changes against the last one', () => {
    const batch = record(cliJson(['next-batch', v07, '--dataset', dataset]));
    const [last] = records(record(cliJson(['show', v07]))['series']).slice(-1);
    assert.equal(batch['size'], last!['groups']);
    assert.deepEqual([batch['step'], batch['currentStep'], Number(batch['added']) + Number(batch['kept'])], [5, 4, last!['groups']]);
    assert.equal(Number(batch['kept']) + Number(batch['gone']), last!['groups']);
    assert.equal(runCli(['next-batch', v07, '--size', '0']).code, 2);
  });

  it('calls a batch expected, and says what is not known, where no trainer has said how it chooses', () => {
    const batch = record(cliJson(['next-batch', v07]));
    assert.equal(batch['exact'], false);
    assert.ok(Array.isArray(batch['reasons']));
    assert.match(batch['reasons'].join(' '), /No receipt of this run says how its trainer chooses.*No dataset is known/);
  });

  it('follows the strategy of sampler.json, or the one that is asked for', () => {
    cpSync(path.join(v07, 'rollouts'), path.join(directory.path(), 'rollouts'), { recursive: true });
    cliJson(['compile', '.', '--strategy', 'learnability', '--seed', '5'], directory.path());
    const strategy = (...args: readonly string[]): Record<string, unknown> => record(record(cliJson(['next-batch', '.', ...args], directory.path()))['strategy']);
    assert.deepEqual([strategy()['name'], strategy()['seed']], ['learnability', 5]);
    const asked = strategy('--strategy', 'mopps', '--param', 'target=0.3');
    assert.deepEqual([asked['name'], asked['target']], ['mopps', 0.3]);
  });

  it('explains one problem', () => {
    const [row] = records(cliJson(['problems', v07, '--dataset', dataset]));
    const { choice } = record(cliJson(['next-batch', v07, '--dataset', dataset, '--size', '4', '--problem', String(row!['id'])]));
    const { side, rank, chosen, places, difficulty } = record(choice);
    assert.deepEqual([side, difficulty, chosen], ['easier', row!['difficulty'], Number(rank) <= Number(places)]);
    const { code, stderr } = runCli(['next-batch', v07, '--problem', 'x']);
    assert.equal(code, 1);
    assert.match(stderr, /does not know the problem x; `cdas-lens problems RUN` lists the ids/);
  });
});

describe('cdas-lens on logs that were hard to read', () => {
  const directory = temporaryDirectory();

  it('reads what can be read of a directory with one damaged line, and counts it', () => {
    mkdirSync(path.join(directory.path(), 'rollouts'));
    const [good] = readFileSync(path.join(v07, 'rollouts', '1.jsonl'), 'utf8').split('\n');
    writeFileSync(path.join(directory.path(), 'rollouts', '1.jsonl'), `${good}\n{"torn\n${good}\n`);
    const shown = record(cliJson(['show', directory.path()]));
    assert.equal(record(shown['health'])['badLines'], 1);
    assert.equal(record(shown['run'])['rollouts'], 2);
  });
});
