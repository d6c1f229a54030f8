import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FieldMapping } from '../../../../src/core/fieldMapping';
import { loadRun } from '../../../../src/engine/runLoading';
import type { ObservedRun } from '../../../../src/engine/observedRun';
import { discoverRuns, openRuns } from '../../../../src/logs/discovery/discover';
import { cliJson, runCli } from '../../cli/cliProcess';
import { rolloutsOf, summaryOf } from './expectedRun';
import { temporaryDirectory } from '../../temporaryDirectory';

const fields = { prompt: 'q.text', response: 'out', reward: 'r.total', correct: 'r.ok', groundTruth: 'q.gold', step: 'at', id: 'q.id' } as const;

describe('logs that a field mapping describes', () => {
  const directory = temporaryDirectory();

  const row = (at: number, id: string, ok: boolean): string => `{"q": {"text": "Question ${id}", "gold": 4, "id": ${id}}, "out": "abc", "r": {"total": ${ok ? 0.9 : 0.3}, "ok": ${ok}}, "at": ${at}}\n`;

  async function load(mapping: FieldMapping): Promise<ObservedRun> {
    const { runs } = await openRuns(directory.path(), [mapping]);
    const run = await loadRun(runs[0]!, { options: { mode: 'paper', correctThreshold: null }, dataset: null });
    return run!;
  }

  it('are read by its paths, with ids above 2^53 kept apart', async () => {
    writeFileSync(path.join(directory.path(), 'mine.jsonl'), row(1, '9007199254740993', true) + row(1, '9007199254740992', false) + row(2, '9007199254740993', false));
    const run = await load({ glob: 'mine.jsonl', fields });
    assert.deepEqual(run.steps.map(({ step, groups }) => [step, groups.map(({ correct }) => correct)]), [[1, [1, 0]], [2, [0]]]);
    assert.deepEqual(run.registry.problems.map(({ id, preview, answer }) => [id, preview, answer]), [['9007199254740993', 'Question 9007199254740993', '4'], ['9007199254740992', 'Question 9007199254740992', '4']]);
    assert.deepEqual([summaryOf(run).framework, summaryOf(run).correctRule], ['mapped', 'the rows’ own field “r.ok”']);
  });

  it('keep ids above 2^53 apart in lists and below keys that have dots', async () => {
    const line = (id: string): string => `{"step": 1, "reward": 1, "task.of": {"ids": [7, ${id}]}}\n`;
    writeFileSync(path.join(directory.path(), 'mine.jsonl'), line('9007199254740993') + line('9007199254740992'));
    for (const id of ['task.of.ids.1', 'task.of.ids.-1']) {
      const run = await load({ glob: 'mine.jsonl', fields: { id, reward: 'reward', step: 'step' } });
      assert.deepEqual(run.registry.problems.map((problem) => problem.id), ['9007199254740993', '9007199254740992']);
    }
  });

  for (const [where, question, answer] of [
    ['parts of a message', [{ type: 'image' }, { type: 'text', text: 'Which one?' }], [{ type: 'text', text: 'abc' }]],
    ['a message', { role: 'user', content: 'Which one?' }, { role: 'assistant', content: 'abc' }],
    ['a message of parts', { role: 'user', content: [{ type: 'text', text: 'Which one?' }] }, { role: 'assistant', content: [{ type: 'text', text: 'abc' }] }],
  ] as const) {
    it(`find prompt and response in ${where}`, async () => {
      writeFileSync(path.join(directory.path(), 'mine.jsonl'), `${JSON.stringify({ question, answer, reward: 1, step: 1 })}\n`);
      const run = await load({ glob: 'mine.jsonl', fields: { prompt: 'question', response: 'answer', reward: 'reward', step: 'step' } });
      assert.deepEqual([run.registry.problems.map(({ preview }) => preview), rolloutsOf(run, 1).map(({ chars }) => chars)], [['Which one?'], [3]]);
    });
  }

  it('are read with verdicts in words, steps with names and conversations as ShareGPT writes them', async () => {
    const line = (verdict: string, step: string): string => `${JSON.stringify({ talk: [{ from: 'system', value: 's' }, { from: 'human', value: 'Which one?' }], said: [{ from: 'gpt', value: 'abc' }], verdict, step })}\n`;
    writeFileSync(path.join(directory.path(), 'mine.jsonl'), line('Yes', 'step_1') + line('incorrect', 'global_step_1') + line('perhaps', 'step_1') + line('correct', '2'));
    const run = await load({ glob: 'mine.jsonl', fields: { prompt: 'talk', response: 'said', correct: 'verdict', step: 'step' } });
    assert.deepEqual(run.steps.map(({ step, groups }) => [step, groups.map(({ n, scored, correct }) => [n, scored, correct])]), [[1, [[3, 2, 1]]], [2, [[1, 1, 1]]]]);
    assert.equal(run.registry.at(0)?.preview, 'Which one?');
    assert.deepEqual(rolloutsOf(run, 2).map(({ chars }) => chars), [3]);
  });

  it('have no length where the response is a list of token ids', async () => {
    writeFileSync(path.join(directory.path(), 'mine.jsonl'), '{"q": "Which one?", "out": [1, 2], "reward": 1, "step": 1}\n');
    const run = await load({ glob: 'mine.jsonl', fields: { prompt: 'q', response: 'out', reward: 'reward', step: 'step' } });
    assert.deepEqual(rolloutsOf(run, 1).map(({ chars }) => chars), [null]);
  });

  it('are read compressed too, where the pattern fits the name without its end', async () => {
    writeFileSync(path.join(directory.path(), 'mine.jsonl.gz'), gzipSync(row(1, '1', true) + row(2, '1', false)));
    const run = await load({ glob: '**/mine.jsonl', fields });
    assert.deepEqual(run.steps.map(({ step, groups }) => [step, groups.map(({ correct }) => correct)]), [[1, [1]], [2, [0]]]);
    assert.deepEqual((await discoverRuns([directory.path()], [{ glob: '*.jsonl', fields: { id: 'q.id', reward: 'nowhere' } }])).problems.map((problem) => problem.includes('mine.jsonl.gz matches the field mapping')), [true]);
  });

  it('take the step from names that say one where the rows do not', async () => {
    writeFileSync(path.join(directory.path(), 'step_7.jsonl'), row(1, '1', true));
    writeFileSync(path.join(directory.path(), 'rank3.jsonl'), row(1, '1', true));
    const run = await load({ glob: '*.jsonl', fields: { prompt: 'q.text', reward: 'r.total' } });
    assert.deepEqual(run.steps.map(({ step, rollouts }) => [step, rollouts]), [[7, 1]]);
    assert.equal(summaryOf(run).health.ignoredLines, 1);
  });

  it('say which file fits the pattern and lacks what the mapping names', async () => {
    mkdirSync(path.join(directory.path(), 'runs'));
    writeFileSync(path.join(directory.path(), 'runs/mine.jsonl'), '{"prompt": "a", "score": 1}\n');
    const { runs, problems } = await discoverRuns([directory.path()], [{ glob: 'runs/*.jsonl', fields: { prompt: 'prompt', reward: 'reward' } }]);
    assert.deepEqual(runs, []);
    assert.match(problems.join(), /mine\.jsonl matches the field mapping “runs\/\*\.jsonl”, but its first row lacks fields that the mapping names \(reward “reward”\); it has “prompt”, “score”/);
  });

  it('are read on the command line with --mapping', () => {
    writeFileSync(path.join(directory.path(), 'mine.jsonl'), row(1, '1', true) + row(1, '2', false));
    const mapping = path.join(directory.path(), 'mapping.json');
    writeFileSync(mapping, JSON.stringify({ 'mine.jsonl': fields }));
    const [run] = cliJson(['runs', directory.path(), '--mapping', mapping]) as { framework: string; rollouts: number }[];
    assert.deepEqual([run?.framework, run?.rollouts], ['mapped', 2]);
    writeFileSync(mapping, JSON.stringify({ 'mine.jsonl': { prompt: 'q' } }));
    const { code, stderr } = runCli(['runs', directory.path(), '--mapping', mapping]);
    assert.equal(code, 1);
    assert.match(stderr, /needs “reward” or “correct”/);
  });

  it('are read with the mapping that the command line proposes for one of their files', () => {
    mkdirSync(path.join(directory.path(), 'gen'));
    for (const step of [3, 4]) {
      const line = JSON.stringify({ task: { question: 'Q', gold: '4' }, completion: 'abc', metrics: { is_correct: step === 3 } });
      writeFileSync(path.join(directory.path(), `gen/step_${step}.jsonl`), `${line}\n${line}\n{"torn`);
    }
    const proposed = cliJson(['mapping', path.join(directory.path(), 'gen/step_3.jsonl')]);
    assert.deepEqual(proposed, { 'gen/step_*.jsonl': { prompt: 'task.question', response: 'completion', correct: 'metrics.is_correct', groundTruth: 'task.gold' } });
    const mapping = path.join(directory.path(), 'mapping.json');
    writeFileSync(mapping, JSON.stringify(proposed));
    const [run] = cliJson(['runs', directory.path(), '--mapping', mapping]) as { steps: number; rollouts: number }[];
    assert.deepEqual([run?.steps, run?.rollouts], [2, 4]);
    const { code, stderr } = runCli(['mapping', mapping]);
    assert.deepEqual([code, stderr.includes('Write the mapping yourself')], [1, true]);
    assert.match(runCli(['mapping', directory.path()]).stderr, /is a directory; name a JSONL file in it\.\n$/);
    assert.match(runCli(['mapping', path.join(directory.path(), 'none.jsonl')]).stderr, /does not exist\.\n$/);
  });
});
