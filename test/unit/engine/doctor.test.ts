import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openRuns } from '../../../src/logs/discovery/discover';
import { useLineLimits } from '../../../src/logs/files/lineLimits';
import { examineLog } from '../../../src/engine/doctor/doctor';
import { gatherEvidence, readMetrics } from '../../../src/engine/doctor/doctorEvidence';
import { doctorLines } from '../../../src/engine/doctor/doctorText';
import { findFacts } from '../../../src/engine/doctor/logFindings';
import type { ObservedRun } from '../../../src/engine/observedRun';
import { loadRun } from '../../../src/engine/runLoading';
import type { DoctorFinding, DoctorReport } from '../../../src/protocol/doctor';
import { fixtures, loadOnly } from './fixtureRuns';
import { temporaryDirectory } from '../temporaryDirectory';

const dataset = path.join(fixtures, 'datasets/math8_verl.jsonl');
const goldenDirectory = path.join(fixtures, 'doctor');

interface Case {
  readonly log: string;
  readonly dataset?: string;
}

const cases: readonly Case[] = [
  { log: 'runs/verl_v07', dataset },
  { log: 'runs/verl_v08_dapo_reward', dataset },
  { log: 'runs/cdas_official' },
  { log: 'runs/prime_rl_head' },
  { log: 'runs/areal_2026_08' },
  { log: 'runs/ms_swift_hf' },
  { log: 'runs/nemo_rl' },
  { log: 'runs/roll_rlvr' },
  { log: 'runs/skyrl_eval' },
  { log: 'runs/trl_grpo' },
  { log: 'hostile/01_partial_last_line' },
  { log: 'hostile/03_no_final_newline' },
  { log: 'hostile/05_default_str' },
  { log: 'hostile/07_invalid_utf8' },
  { log: 'hostile/09_crlf_bom_blank' },
  { log: 'hostile/11_prototype_keys' },
  { log: 'hostile/15_step_mismatch' },
  { log: 'hostile/17_dapo_misaligned' },
  { log: 'hostile/19_missing_keys' },
  { log: 'hostile/21_same_text_other_answer', dataset: path.join(fixtures, 'hostile/21_same_text_other_answer/dataset.jsonl') },
  { log: 'hostile/23_injection' },
  { log: 'hostile/25_big_ints' },
  { log: 'hostile/29_reward_scales/all_one' },
  { log: 'hostile/29_reward_scales/fraction' },
  { log: 'hostile/29_reward_scales/plus_minus' },
  { log: 'hostile/29_reward_scales/rm_logit' },
  { log: 'hostile/35_prime_rewards' },
  { log: 'runs/trl_repeats' },
  { log: 'silent/slime_pickle' },
  { log: 'silent/slime_checkpoints' },
  { log: 'silent/skyrl_pickle' },
  { log: 'silent/nemo_rl_trajectories' },
  { log: 'silent/cdas_ratings' },
  { log: 'silent/verl_quiet' },
];

function examine(run: ObservedRun): DoctorReport {
  readMetrics(run);
  return examineLog(run, findFacts(run), gatherEvidence(run));
}

/** The report without what differs from one checkout to the next. */
function golden(report: DoctorReport): string {
  const text = JSON.stringify({ ...report, run: { ...report.run, id: report.run.id.replace(/-[0-9a-f]{6}$/, '-…') } }, null, 1);
  return `${text.replaceAll(JSON.stringify(`${fixtures}/`).slice(1, -1), '').replaceAll(JSON.stringify(fixtures).slice(1, -1), '')}\n`;
}

function findingOf(report: DoctorReport, code: string): DoctorFinding {
  const found = report.findings.find((finding) => finding.code === code);
  assert.ok(found, `no finding ${code}`);
  return found;
}

function claimsOf({ claims }: DoctorReport): Readonly<Record<string, string>> {
  return Object.fromEntries(claims.map(({ claim, supported }) => [claim, supported]));
}

describe('the report on the log', () => {
  for (const { log, dataset: rows } of cases) {
    it(`of ${log} is the one on file`, async () => {
      const run = await loadOnly(path.join(fixtures, log), rows === undefined ? {} : { dataset: rows });
      const text = golden(examine(run));
      const file = path.join(goldenDirectory, `${log.replaceAll('/', '.')}.json`);
      if (process.env['UPDATE_GOLDEN'] === '1') {
        mkdirSync(goldenDirectory, { recursive: true });
        writeFileSync(file, text);
      }
      assert.equal(text, readFileSync(file, 'utf8'));
    });
  }
});

describe('the log doctor', () => {
  const directory = temporaryDirectory();

  const row = (step: number, problem: string, score: unknown, more: object = {}): string =>
    `${JSON.stringify({ input: `user\n${problem}\nassistant\n`, output: 'x', score, step, ...more })}\n`;

  async function examineRows(stepFiles: Readonly<Record<string, string>>): Promise<DoctorReport> {
    for (const [name, text] of Object.entries(stepFiles)) writeFileSync(path.join(directory.path(), name), text);
    return examine(await loadOnly(directory.path()));
  }

  it('warns of validation that verl dumps over the rollouts of training', async () => {
    const [hydra, rollouts] = [path.join(directory.path(), 'outputs/2026-11-01/10-00-00/.hydra'), path.join(directory.path(), 'rollouts')];
    for (const folder of [hydra, rollouts]) mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(rollouts, '1.jsonl'), row(1, 'a', 1) + row(1, 'a', 0));
    const examineWith = async (validation: string): Promise<DoctorReport> => {
      writeFileSync(path.join(hydra, 'config.yaml'), `trainer:\n  rollout_data_dir: rollouts\n  validation_data_dir: ${validation}\nactor_rollout_ref: {}\n`);
      return examine(await loadOnly(directory.path()));
    };
    const apart = await examineWith('rollouts_val');
    const shared = await examineWith('rollouts');
    assert.deepEqual([claimsOf(apart)['passRates'], claimsOf(shared)['passRates']], ['yes', 'partly']);
    assert.match(findingOf(shared, 'evaluation').fix!.advice, /its own directory/);
    assert.ok(!apart.findings.some(({ code }) => code === 'evaluation'));
  });

  it('names the ids that dataset rows share which differ, where the text of a problem is none of theirs', async () => {
    writeFileSync(path.join(directory.path(), '1.jsonl'), row(1, 'Changed', 1, { problem_id: '7' }) + row(1, 'Second', 0, { problem_id: '7' }));
    const rows = path.join(directory.path(), 'rows.jsonl');
    writeFileSync(rows, ['First', 'Second'].map((question) => `${JSON.stringify({ id: '7', question, answer: '1' })}\n`).join(''));
    const report = examine(await loadOnly(directory.path(), { dataset: rows }));
    const { text, examples, fix } = findingOf(report, 'sharedIds');
    assert.match(text, /^1 problem with an id shared by different dataset rows/);
    assert.deepEqual([examples, fix?.setting], [['7'], null]);
    assert.ok(!report.findings.some(({ code }) => code === 'ambiguous'));
  });

  it('names the file and the byte at which bad lines begin', async () => {
    const first = row(1, 'a', 1);
    const report = await examineRows({ '1.jsonl': `${first}torn {"in\n${row(1, 'a', 0)}[1]\n`, '2.jsonl': `nonsense\n${row(2, 'b', 1)}` });
    const { text, examples, fix } = findingOf(report, 'badLines');
    assert.equal(text, '3 lines left out: not JSON objects.');
    const second = first.length + 'torn {"in\n'.length + row(1, 'a', 0).length;
    assert.deepEqual(examples, [`1.jsonl at byte ${first.length}`, `1.jsonl at byte ${second}`, '2.jsonl at byte 0']);
    assert.match(fix!.advice, /its own file/);
  });

  it('names the lines that are too long to be read, apart from those that are no JSON', async () => {
    useLineLimits({ chunkBytes: 64, heldBytes: 64, maxBytes: 1000, maxKeptBytes: 1 << 20 });
    try {
      const [first, long] = [row(1, 'a', 1), row(1, 'a', 1, { more: 'x'.repeat(50_000) })];
      const run = await examineRows({ '1.jsonl': `${first}${long}nonsense\n${row(1, 'a', 0)}` });
      const { text, examples, fix } = findingOf(run, 'longLines');
      assert.match(text, /^1 line left out: too long/);
      assert.deepEqual(examples, [`1.jsonl at byte ${first.length}: 0.1 MB`]);
      assert.match(fix!.advice, /per-token/);
      const bad = findingOf(run, 'badLines');
      assert.deepEqual([bad.text, bad.examples], ['1 line left out: not JSON objects.', [`1.jsonl at byte ${first.length + long.length}`]]);
    } finally {
      useLineLimits(null);
    }
  });

  it('names the steps that are missing', async () => {
    const report = await examineRows({ '1.jsonl': row(1, 'a', 1), '3.jsonl': row(3, 'a', 0), '9.jsonl': row(9, 'a', 0) });
    assert.deepEqual(findingOf(report, 'gaps').examples, ['step 2', 'steps 4 to 8']);
    assert.equal(claimsOf(report)['difficulty'], 'partly');
  });

  it('names groups of another size, and problems that were sampled twice', async () => {
    const rows = (problem: string, count: number): string => row(1, problem, 1).repeat(count);
    const report = await examineRows({ '1.jsonl': rows('a', 4) + rows('b', 4) + rows('c', 3) + rows('d', 8) });
    assert.deepEqual(findingOf(report, 'unevenGroups').examples.map((example) => example.replace(/h:\w+/, 'h')), ['step 1: h has 3']);
    assert.deepEqual(findingOf(report, 'repeatedProblems').examples.map((example) => example.replace(/h:\w+/, 'h')), ['step 1: h has 8']);
    assert.equal(claimsOf(report)['groupSizes'], 'partly');
  });

  it('supports lengths and answers partly where some rows have them', async () => {
    const bare = `${JSON.stringify({ input: 'user\nb\nassistant\n', score: 0, step: 1 })}\n`;
    const report = await examineRows({ '1.jsonl': row(1, 'a', 1, { gts: '4' }) + bare });
    assert.deepEqual([claimsOf(report)['responseLength'], claimsOf(report)['groundTruth']], ['partly', 'partly']);
    assert.deepEqual(report.claims.find(({ claim }) => claim === 'groundTruth')?.reason, '1 of 2 prompts come with an answer.');
  });

  it('refuses identity and all that rests on it where no group names its problem', async () => {
    mkdirSync(path.join(directory.path(), 'iteration_000000'));
    const summary = (group: number, reward: number): string => `${JSON.stringify({ schema_version: 1, split: 'train', iteration: 0, group_idx: group, traj_idx: reward, total_reward: reward, steps: [] })}\n`;
    writeFileSync(path.join(directory.path(), 'iteration_000000/train_rollout_summaries.jsonl'), summary(0, 0) + summary(0, 1) + summary(1, 1) + summary(1, 0));
    const report = examine(await loadOnly(directory.path()));
    const { passRates, zeroGradientShare, difficulty, competence, identity } = claimsOf(report);
    assert.deepEqual({ passRates, zeroGradientShare, difficulty, competence, identity }, { passRates: 'yes', zeroGradientShare: 'yes', difficulty: 'no', competence: 'no', identity: 'no' });
    assert.equal(findingOf(report, 'refused').fix?.setting, 'from cdas_lens.rollouts import RolloutWriter');
  });

  it('asks for a threshold where the scores are no verdicts', async () => {
    const report = await examineRows({ '1.jsonl': [0.1, 0.37, 0.5, 0.9].map((score) => row(1, 'a', score)).join('') });
    assert.deepEqual([findingOf(report, 'softScores').fix?.setting, claimsOf(report)['passRates']], ['"cdasLens.correctThreshold": 0.5', 'partly']);
  });

  it('refuses every rate where no rollout has a score', async () => {
    const report = await examineRows({ '1.jsonl': row(1, 'a', null) });
    assert.deepEqual(claimsOf(report), { passRates: 'no', zeroGradientShare: 'no', difficulty: 'no', competence: 'no', identity: 'yes', responseLength: 'yes', groundTruth: 'no', groupSizes: 'yes' });
    assert.equal(findingOf(report, 'refused').severity, 'error');
  });

  it('says that the filter keeps uniform groups out of the log', async () => {
    cpSync(path.join(fixtures, 'runs/verl_v07'), directory.path(), { recursive: true });
    appendFileSync(path.join(directory.path(), 'outputs/2026-01-30/09-12-44/.hydra/config.yaml'), 'algorithm:\n  filter_groups:\n    enable: true\n');
    const report = examine(await loadOnly(directory.path()));
    const { severity, fix } = findingOf(report, 'survivors');
    assert.deepEqual([severity, fix?.setting, report.findings[0]?.code], ['error', 'algorithm.filter_groups.enable=false', 'survivors']);
    assert.deepEqual([claimsOf(report)['passRates'], claimsOf(report)['competence']], ['no', 'no']);
  });

  it('says at which steps evaluation was logged in the place of training', async () => {
    cpSync(path.join(fixtures, 'runs/trl_grpo'), directory.path(), { recursive: true });
    mkdirSync(path.join(directory.path(), 'checkpoint-4'));
    const history = [{ step: 2, loss: 0.1, reward: 0.5 }, { step: 3, eval_reward: 0.4, eval_loss: 0.1 }, { step: 9, eval_reward: 0.4 }];
    writeFileSync(path.join(directory.path(), 'checkpoint-4/trainer_state.json'), JSON.stringify({ log_history: history }));
    const report = examine(await loadOnly(directory.path()));
    const { severity, examples, fix } = findingOf(report, 'evaluation');
    assert.deepEqual([severity, examples, fix?.setting], ['warning', ['step 3'], 'eval_strategy="no"']);
    assert.equal(report.claims.find(({ claim }) => claim === 'passRates')?.reason, 'Evaluation rollouts replaced those of training at 1 step.');
    assert.equal(claimsOf(report)['competence'], 'partly');
  });

  it('says how a configured group size differs from the logged one', async () => {
    cpSync(path.join(fixtures, 'runs/verl_v07'), directory.path(), { recursive: true });
    const config = path.join(directory.path(), 'outputs/2026-01-30/09-12-44/.hydra/config.yaml');
    writeFileSync(config, readFileSync(config, 'utf8').replace('    n: 4', '    n: 16'));
    const report = examine(await loadOnly(directory.path()));
    assert.match(findingOf(report, 'groupSize').text, /asks for 16 rollouts .* have 4/);
  });

  it('lets competence rest on the dataset where there is one', async () => {
    const report = examine(await loadOnly(path.join(fixtures, 'runs/verl_v07'), { dataset }));
    const competence = report.claims.find(({ claim }) => claim === 'competence');
    assert.deepEqual(competence, { claim: 'competence', supported: 'yes', reason: 'The mean runs over the 8 problems of the dataset.' });
    assert.deepEqual(report.joins.find(({ how }) => how === 'matched')?.examples[0]?.rows.length, 1);
  });

  it('says which metrics beside the log are not read, and what writes others', async () => {
    cpSync(path.join(fixtures, 'runs/trl_grpo'), directory.path(), { recursive: true });
    mkdirSync(path.join(directory.path(), 'wandb/offline-run-20261101_101500-abc'), { recursive: true });
    mkdirSync(path.join(directory.path(), 'trackio'));
    writeFileSync(path.join(directory.path(), 'trackio/project.db'), 'SQLite format 3');
    const report = examine(await loadOnly(directory.path()));
    const found = report.findings.filter(({ code }) => code === 'unreadMetrics');
    assert.deepEqual(found.map(({ examples, fix }) => [examples, fix?.setting]), [
      [[path.join(directory.path(), 'trackio')], 'report_to="tensorboard"'],
      [[path.join(directory.path(), 'wandb')], 'report_to="tensorboard"'],
    ]);
    assert.ok(!report.findings.some(({ code }) => code === 'noMetrics'));
  });

  it('says that a log is still being read', async () => {
    writeFileSync(path.join(directory.path(), '1.jsonl'), row(1, 'a', 1).repeat(20));
    const [source] = (await openRuns(directory.path())).runs;
    const run = await loadRun(source!, { options: { mode: 'paper', correctThreshold: null }, dataset: null }, { cancelled: () => true, progress: () => undefined });
    assert.equal(run, null);
    const { ObservedRun: Observed } = await import('../../../src/engine/observedRun');
    const unread = new Observed(source!, { mode: 'paper', correctThreshold: null });
    unread.files.look();
    assert.match(findingOf(examineLog(unread, findFacts(unread), gatherEvidence(unread)), 'notLoaded').text, /^0 of \d \d+ bytes have been read so far/);
  });

  it('advises the dataset instead of ids where the trainer cannot log ids', async () => {
    const report = await examineRows({ '1.jsonl': row(1, 'a', 1, { uid: '0b6f3c1e-7c1f-4c0e-9a52-0d6a2f6f5f11_0_0' }) });
    assert.equal(findingOf(report, 'noIds').fix?.setting, '"cdasLens.dataset": "path/to/train.jsonl"');
  });
});

describe('the text of a report', () => {
  it('keeps a text of the log on its line, and shows what would hide or reorder others', async () => {
    const report = examine(await loadOnly(path.join(fixtures, 'hostile/23_injection')));
    const name = 'a\n# WHAT THE LOG SUPPORTS\u202e\u001b[31m';
    const text = doctorLines({ ...report, run: { ...report.run, name } }).join('\n');
    assert.ok(text.startsWith('The log of a # WHAT THE LOG SUPPORTS\\u202e\\u001b[31m\n'));
    assert.doesNotMatch(text, /[\u001b\u202e]/u);
  });

  it('sets the thousands of its counts apart, and leaves the numbers of steps whole', async () => {
    const report = examine(await loadOnly(path.join(fixtures, 'hostile/17_dapo_misaligned')));
    const found = { ...report.found, bytes: 7654321, bytesRead: 7654321, rollouts: 123456, steps: 1200, firstStep: 1, lastStep: 1200 };
    const text = doctorLines({ ...report, found, correct: { ...report.correct, scored: 123456, unscored: 0 } }).join('\n');
    assert.match(text, /, 7 654 321 bytes$/mu);
    assert.match(text, /^- 123 456 rollouts of /mu);
    assert.match(text, /^- 1 200 steps, 1 to 1200$/mu);
    assert.match(text, /^- 123 456 rollouts judged, 0 not$/mu);
  });

  it('says in plain words what is supported and what to do', async () => {
    const report = examine(await loadOnly(path.join(fixtures, 'hostile/17_dapo_misaligned')));
    const text = doctorLines(report).join('\n');
    assert.match(text, /^- Pass rates: partly\. In 2 rows the extra fields contradict the score/mu);
    assert.match(text, /^- Error: In 2 rows the field “acc” contradicts the score.*\n {2}- step 2: 2 rows\n {2}- .* algorithm\.filter_groups\.enable=false$/mu);
    assert.match(text, /^- 4 rollouts of 2 problems in 2 groups, mostly of 2$/mu);
  });
});
