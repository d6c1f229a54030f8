import assert from 'node:assert/strict';
import { globFits, parseFieldMappings, valueAt } from '../../../src/core/fieldMapping';
import { proposeMapping } from '../../../src/core/mappingProposal';

describe('field mappings', () => {
  it('are read by pattern, and one that cannot be used is left out with the reason', () => {
    const { mappings, problems } = parseFieldMappings({ '**/*.jsonl': { prompt: 'q', reward: 'r.score' }, a: { prompt: 'q' }, b: { reward: 'r' }, c: { prompt: 'q', rewrad: 'r' }, d: { prompt: '', reward: 'r' }, e: 3 });
    assert.deepEqual(mappings, [{ glob: '**/*.jsonl', fields: { prompt: 'q', reward: 'r.score' } }]);
    assert.deepEqual(
      problems.map((problem) => problem.replace(/^The field mapping for /, '')),
      [
        '“a” is not used: it needs “reward” or “correct”.',
        '“b” is not used: it needs “prompt” or “id” to tell problems apart.',
        '“c” is not used: “rewrad” is not one of prompt, response, reward, correct, groundTruth, step, id.',
        '“d” is not used: “prompt” does not name a field.',
        '“e” is not used: it is not an object of field names.',
      ],
    );
    assert.equal(parseFieldMappings([]).problems.length, 1);
  });

  it('find values by dotted paths, by list position, and by keys that have dots themselves', () => {
    const row = { a: { b: [{ c: 1 }, { c: 2 }] }, 'x.y': 3, x: { y: 4 } };
    assert.deepEqual(['a.b.0.c', 'a.b.-1.c', 'x.y', 'a.z.c', 'a.b.c', 'constructor', 'a.__proto__'].map((path) => valueAt(row, path)), [1, 2, 3, undefined, undefined, undefined, undefined]);
  });

  it('find values below a key that has dots itself, the longest key that leads to one', () => {
    const row = { 'reward.total': [0.5, 1], reward: { note: 'x' }, 'a.b': { c: { d: 1 } }, a: { b: { c: { e: 2 } } } };
    assert.deepEqual(['reward.total.1', 'reward.note', 'a.b.c.d', 'a.b.c.e', 'a.b.c.f', 'reward.total.2', 'reward.'].map((path) => valueAt(row, path)), [1, 'x', 1, 2, undefined, undefined, undefined]);
  });

  for (const [glob, path, fits] of [
    ['*.jsonl', '/runs/a.jsonl', true],
    ['rollouts/*.jsonl', '/runs/rollouts/a.jsonl', true],
    ['rollouts/*.jsonl', '/runs/rollouts/deep/a.jsonl', false],
    ['rollouts/**/*.jsonl', '/runs/rollouts/deep/a.jsonl', true],
    ['rollouts/**/*.jsonl', '/runs/rollouts/a.jsonl', true],
    ['/runs/*.jsonl', '/other/runs/a.jsonl', false],
    ['step_?.jsonl', '/runs/step_12.jsonl', false],
    ['{train,warmup}_*.jsonl', '/runs/warmup_1.jsonl', true],
    ['a+b.jsonl', '/runs/aab.jsonl', false],
    ['*.jsonl', 'C:\\runs\\a.jsonl', true],
    ['**/{*.jsonl,step_*.json}', '/runs/x/step_1.json', true],
    ['{*.jsonl,*.json}', '/runs/a.jsonl', true],
  ] as const) {
    it(`${fits ? 'take' : 'leave out'} ${path} for ${glob}`, () => assert.equal(globFits(glob, path), fits));
  }
});

describe('the proposal of a field mapping', () => {
  const rows = Array.from({ length: 8 }, (_, i) => ({
    uid: `u${i}`,
    data: { question: `What is ${i}?`, answer: String(i), problem_id: i >> 2 },
    output: { text: 'abc', tokens: [1, 2] },
    metrics: { score: i / 8, acc: i % 2 === 0, entropy: 0.1 },
    global_step: String(3),
  }));

  it('names the usual fields wherever they lie, and no field twice', () => {
    assert.deepEqual(proposeMapping(rows, '*.jsonl'), {
      glob: '*.jsonl',
      fields: { prompt: 'data.question', response: 'output.text', reward: 'metrics.score', correct: 'metrics.acc', groundTruth: 'data.answer', step: 'global_step', id: 'data.problem_id' },
    });
  });

  it('takes a text for what it lies in', () => {
    const nested = rows.map(({ metrics }, i) => ({ input: { text: `What is ${i}?` }, completion: { content: 'abc' }, metrics }));
    const { prompt, response } = proposeMapping(nested, '')?.fields ?? {};
    assert.deepEqual([prompt, response], ['input.text', 'completion.content']);
  });

  it('knows conversations as ShareGPT writes them, verdicts in words, numbers and steps in texts', () => {
    const rows = [1, 2].map((step) => ({ conversations: [{ from: 'human', value: 'q' }, { from: 'gpt', value: 'a' }], verdict: 'incorrect', score: '0.5', step: `step_${step}` }));
    assert.deepEqual(proposeMapping(rows, '')?.fields, { prompt: 'conversations', reward: 'score', correct: 'verdict', step: 'step' });
  });

  it('leaves out fields that most rows do not have or whose values do not fit', () => {
    const sparse = rows.map((row, i) => ({ ...row, correct: 'maybe', reward: i === 0 ? 1 : null }));
    assert.deepEqual(proposeMapping(sparse, '')?.fields.reward, 'metrics.score');
    assert.deepEqual(proposeMapping(sparse, '')?.fields.correct, 'metrics.acc');
  });

  it('is none where nothing says how a rollout went, or what it was about', () => {
    assert.equal(proposeMapping([{ prompt: 'a' }], ''), null);
    assert.equal(proposeMapping([{ loss: 1, score: 2 }], ''), null);
    assert.equal(proposeMapping([], ''), null);
  });
});
