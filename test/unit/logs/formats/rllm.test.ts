import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { groupTexts } from '../../../../src/engine/reading/rolloutTexts';
import { RunFiles } from '../../../../src/engine/reading/runFiles';
import { openRuns } from '../../../../src/logs/discovery/discover';
import { loadOnly } from '../../engine/fixtureRuns';
import { contextOf, rolloutsOf, summaryOf } from './expectedRun';
import { temporaryDirectory } from '../../temporaryDirectory';

interface Episode {
  readonly step: number;
  readonly split?: 'train' | 'val';
  readonly task: string;
  readonly rollout: number;
  readonly correct: boolean;
  readonly reason?: string;
  /** The task as the logger spells it; else the row of a dataset. */
  readonly spelled?: string;
  readonly packed?: boolean;
}

/** An episode as rLLM's EpisodeLogger writes it (rllm/utils/episode_logger.py of August 2026), indented. */
function episodeText({ step, task, rollout, correct, reason, spelled }: Episode): string {
  const chat = [{ role: 'user', content: `What is ${task}?` }, { role: 'assistant', content: `abc ${rollout}` }];
  return JSON.stringify(
    {
      training_step: step,
      epoch: 0,
      episode_id: `${task}:${rollout}`,
      session_id: null,
      task: spelled ?? { question: `What is ${task}?`, ground_truth: '4' },
      task_hash: `hash-${task}`,
      is_correct: correct,
      termination_reason: reason ?? 'env_done',
      metrics: {},
      metadata: {},
      timing: {},
      trajectories: [
        {
          name: 'solver',
          uid: 'u',
          reward: correct ? 1 : 0,
          num_steps: 1,
          timing: {},
          steps: [{ observation: null, thought: '', action: null, reward: correct ? 1 : 0, done: true, model_response: 'abc', chat_completions: chat, timing: {} }],
        },
      ],
    },
    null,
    2,
  );
}

describe('rLLM episodes', () => {
  const directory = temporaryDirectory();

  function write(episode: Episode): void {
    const folder = path.join(directory.path(), 'logs/project/math/episodes', `${episode.split ?? 'train'}_step_${episode.step}_epoch_0`);
    mkdirSync(folder, { recursive: true });
    const name = `episode_hashhash-${episode.task}_id${episode.task}_${episode.rollout}.json`;
    if (episode.packed === true) writeFileSync(path.join(folder, `${name}.gz`), gzipSync(episodeText(episode)));
    else writeFileSync(path.join(folder, name), episodeText(episode));
    writeFileSync(path.join(folder, 'batch_summary.json'), '{"is_correct": true}');
  }

  it('are read from directories in which all of them are compressed', async () => {
    for (const step of [1, 2]) for (const rollout of [0, 1]) write({ step, task: 'two', rollout, correct: rollout < step, packed: step === 1 });
    const run = await loadOnly(directory.path());
    assert.deepEqual(run.steps.map(({ step, groups }) => [step, groups.map(({ n, correct }) => [n, correct])]), [[1, [[2, 1]]], [2, [[2, 2]]]]);
    const { rollouts } = groupTexts(contextOf(run), 'hash-two', 1);
    assert.deepEqual(rollouts.map(({ response }) => response), ['abc 0', 'abc 1']);
  });

  it('are a file each, known by task_hash and correct by their own word', async () => {
    for (const step of [1, 2]) for (const rollout of [0, 1, 2, 3]) write({ step, task: 'two', rollout, correct: rollout < step });
    write({ step: 2, task: 'three', rollout: 0, correct: true });
    write({ step: 2, split: 'val', task: 'three', rollout: 0, correct: true });
    const run = await loadOnly(directory.path());
    const summary = summaryOf(run);
    assert.deepEqual(run.steps.map(({ step, groups }) => [step, groups.map(({ n, correct }) => [n, correct])]), [[1, [[4, 1]]], [2, [[1, 1], [4, 2]]]]);
    assert.deepEqual([summary.name, summary.rollouts, summary.correctRule], ['math', 9, 'the rows’ own field “is_correct”']);
    assert.deepEqual(run.registry.problems.map(({ id, preview, answer }) => [id, preview, answer]), [['hash-two', 'What is two?', '"4"'], ['hash-three', 'What is three?', '"4"']]);
    assert.deepEqual(rolloutsOf(run, 1)[0]?.chars, 5);
  });

  it('that ended in an error are no wrong answers', async () => {
    write({ step: 1, task: 'two', rollout: 0, correct: true });
    write({ step: 1, task: 'two', rollout: 1, correct: false, reason: 'error' });
    const run = await loadOnly(directory.path());
    assert.deepEqual(run.steps[0]?.groups.map(({ n, scored, correct }) => [n, scored, correct]), [[2, 1, 1]]);
  });

  it('that ended in an error of the model, the sandbox or the grader are no wrong answers, those that ran out of turns are', async () => {
    ['model_error', 'sandbox_error', 'grading_error', 'max_turns_exceeded'].forEach((reason, rollout) => write({ step: 1, task: 'two', rollout, correct: false, reason }));
    const run = await loadOnly(directory.path());
    assert.deepEqual(run.steps[0]?.groups.map(({ n, scored, correct }) => [n, scored, correct]), [[4, 1, 0]]);
  });

  it('are found where rLLM’s viewer looks for them too, and are known by their text where they name no task', async () => {
    for (const step of [1, 2]) {
      const folder = path.join(directory.path(), `logs/math/train_step_${step}_epoch_0/episodes`);
      mkdirSync(folder, { recursive: true });
      for (const rollout of [0, 1]) {
        const { task_hash: hash, episode_id: id, epoch, ...episode } = JSON.parse(episodeText({ step, task: 'two', rollout, correct: rollout < step })) as Record<string, unknown>;
        writeFileSync(path.join(folder, `episode_${String(hash)}_id${rollout}.json`.replace('hash-', 'hash')), JSON.stringify({ ...episode, id, training_epoch: epoch }, null, 2));
      }
      writeFileSync(path.join(folder, '../meta.json'), '{"n_episodes": 2}');
    }
    const run = await loadOnly(directory.path());
    assert.deepEqual(run.steps.map(({ step, groups }) => [step, groups.map(({ n, correct }) => [n, correct])]), [[1, [[2, 1]]], [2, [[2, 2]]]]);
    assert.deepEqual([summaryOf(run).name, run.registry.problems.map(({ preview, source }) => [preview, source])], ['math', [['What is two?', 'unmatched']]]);
  });

  it('whose task is an object spelled as text have the prompt that the model saw', async () => {
    write({ step: 1, task: 'two', rollout: 0, correct: true, spelled: "Task(id='7', instruction='What is two?', metadata={}, dataset_dir=PosixPath('.'), sub_dir=None)" });
    const run = await loadOnly(directory.path());
    assert.deepEqual(run.registry.problems.map(({ preview }) => preview), ['What is two?']);
  });

  it('are read again one by one to show what the model wrote', async () => {
    for (const task of ['two', 'three']) for (const rollout of [0, 1]) write({ step: 1, task, rollout, correct: rollout === 1 });
    const group = groupTexts(contextOf(await loadOnly(directory.path())), 'hash-three', 1);
    assert.deepEqual([group.prompt, group.missing], ['What is three?', null]);
    assert.deepEqual(group.rollouts.map(({ response, correct }) => [response, correct]), [['abc 0', 0], ['abc 1', 1]]);
  });

  it('are reckoned by the bytes of the episodes before they are read, not by those of their directories', async () => {
    for (const step of [1, 2, 3]) for (let rollout = 0; rollout < 40; rollout++) write({ step, task: 'two', rollout, correct: true });
    const [source] = (await openRuns(directory.path())).runs;
    const files = new RunFiles(source!);
    files.look();
    const each = episodeText({ step: 1, task: 'two', rollout: 10, correct: true }).length;
    assert.ok(Math.abs(files.surveyedBytes / (120 * each) - 1) < 0.01, `${files.surveyedBytes} of ${120 * each}`);
  });

  it('are counted with their own bytes once they are read, however small they are', async () => {
    for (const rollout of [0, 1]) write({ step: 1, task: 'two', rollout, correct: true });
    const run = await loadOnly(directory.path());
    const each = episodeText({ step: 1, task: 'two', rollout: 0, correct: true }).length;
    assert.deepEqual(run.files.all.map(({ bytesRead }) => bytesRead), [2 * each]);
  });

  it('caught half-written are read when they are whole', async () => {
    write({ step: 1, task: 'two', rollout: 0, correct: true });
    const whole = episodeText({ step: 1, task: 'two', rollout: 1, correct: false });
    const file = path.join(directory.path(), 'logs/project/math/episodes/train_step_1_epoch_0/episode_hashhash-two_idtwo_1.json');
    writeFileSync(file, whole.slice(0, 80));
    const run = await loadOnly(directory.path());
    assert.deepEqual(run.steps.map(({ rollouts }) => rollouts), [1]);
    writeFileSync(file, whole);
    while (run.advance(1 << 20, Date.now()).more);
    assert.deepEqual(run.steps.map(({ rollouts }) => rollouts), [2]);
  });

  it('that are written again or removed are not counted twice or for ever', async () => {
    for (const rollout of [0, 1, 2]) write({ step: 1, task: 'two', rollout, correct: true });
    const run = await loadOnly(directory.path());
    const readOn = (): unknown => {
      // Documents that were read are looked at again in turns.
      for (let turn = 0; turn < 4; turn++) while (run.advance(1 << 20, Date.now()).more);
      return run.steps.map(({ groups }) => groups.map(({ n, correct }) => [n, correct]));
    };
    write({ step: 1, task: 'two', rollout: 1, correct: false });
    assert.deepEqual(readOn(), [[[3, 2]]]);
    rmSync(path.join(directory.path(), 'logs/project/math/episodes/train_step_1_epoch_0/episode_hashhash-two_idtwo_0.json'));
    assert.deepEqual(readOn(), [[[2, 1]]]);
    rmSync(path.join(directory.path(), 'logs/project/math/episodes/train_step_1_epoch_0'), { recursive: true });
    assert.deepEqual(readOn(), []);
  });

  it('by the thousand are read in turns that a byte budget ends', async () => {
    for (let rollout = 0; rollout < 300; rollout++) write({ step: 1, task: 'two', rollout, correct: true });
    const run = await loadOnly(directory.path());
    assert.equal(run.steps[0]?.rollouts, 300);
    rmSync(path.join(directory.path(), 'logs/project/math/episodes/train_step_1_epoch_0'), { recursive: true });
    for (let rollout = 0; rollout < 300; rollout++) write({ step: 2, task: 'two', rollout, correct: true });
    assert.equal(run.advance(1 << 14, Date.now()).more, true);
    assert.ok((run.steps.find(({ step }) => step === 2)?.rollouts ?? 0) < 300);
    while (run.advance(1 << 14, Date.now()).more);
    assert.deepEqual(run.steps.map(({ step, rollouts }) => [step, rollouts]), [[2, 300]]);
  });
});
