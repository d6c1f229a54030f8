import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDataset, readDataset } from '../../support/demo/dataset';
import { evaluate, parseQuestion, problemKinds } from '../../support/demo/problems';
import { temporaryDirectories } from '../temporaryDirectory';

interface WrongLabel {
  readonly index: string;
  readonly id: string;
  readonly wrong: string;
  readonly right: string;
}

interface Row {
  readonly ability: string;
  readonly prompt: readonly { readonly content: string }[];
  readonly reward_model: { readonly ground_truth: string };
}

describe('the demo dataset', () => {
  const newDirectory = temporaryDirectories();

  function create(count: number): { dir: string; rows: Row[]; wrong: WrongLabel[] } {
    const dir = newDirectory();
    createDataset(dir, 11, count);
    const rows = readFileSync(join(dir, 'train.jsonl'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Row);
    return { dir, rows, wrong: JSON.parse(readFileSync(join(dir, 'demo-wrong-labels.json'), 'utf8')) as WrongLabel[] };
  }

  it('holds as many different problems as asked for, of every kind', () => {
    const { rows } = create(1500);
    assert.equal(new Set(rows.map((row) => row.prompt[0]!.content)).size, 1500);
    assert.deepEqual(new Set(rows.map((row) => row.ability)), new Set(problemKinds.map((kind) => kind.name)));
  });

  it('labels exactly the listed problems wrongly, a twentieth of all', () => {
    const { dir, rows, wrong } = create(400);
    const found = rows.flatMap(({ prompt, reward_model: reward }, index) => {
      const right = String(evaluate(parseQuestion(prompt[0]!.content)!));
      return reward.ground_truth === right ? [] : [{ index: String(index), wrong: reward.ground_truth, right }];
    });
    assert.equal(wrong.length, 20);
    assert.deepEqual(wrong.map(({ index, wrong: label, right }) => ({ index, wrong: label, right })), found);
    const problems = readDataset(dir);
    for (const { index, id } of wrong) assert.equal(problems[Number(index)]!.id, id);
  });

  it('is the same for the same seed', () => {
    assert.deepEqual(create(50).rows, create(50).rows);
  });

  it('keeps a file that is already there', () => {
    const { dir, rows } = create(30);
    createDataset(dir, 12, 60);
    assert.equal(readDataset(dir).length, rows.length);
  });

  it('tells rows of one text and two ground truths apart by a suffix', () => {
    const { dir, rows } = create(2);
    const twin = { ...rows[0]!, reward_model: { ground_truth: 'another' } };
    writeFileSync(join(dir, 'train.jsonl'), [...rows, twin].map((row) => JSON.stringify(row)).join('\n'));
    const [first, other, last] = readDataset(dir);
    assert.match(first!.id, /^h:[0-9a-f]{16}~[0-9a-f]{4}$/);
    assert.match(last!.id, /^h:[0-9a-f]{16}~[0-9a-f]{4}$/);
    assert.notEqual(first!.id, last!.id);
    assert.match(other!.id, /^h:[0-9a-f]{16}$/);
  });

  it('reads the difficulty of a row where it gives one', () => {
    const { dir, rows } = create(2);
    const labelled = [{ ...rows[0]!, extra_info: { index: 0, difficulty: 0.3 } }, rows[1]!];
    writeFileSync(join(dir, 'train.jsonl'), labelled.map((row) => JSON.stringify(row)).join('\n'));
    assert.deepEqual(readDataset(dir).map(({ difficulty }) => difficulty), [0.3, null]);
  });

  it('says which row to delete where two are the same problem', () => {
    const { dir, rows } = create(2);
    writeFileSync(join(dir, 'train.jsonl'), [...rows, rows[0]!].map((row) => JSON.stringify(row)).join('\n'));
    assert.throws(() => readDataset(dir), { name: 'DemoError', message: /^train\.jsonl holds "What is .*" twice with the same answer; delete one/ });
  });

  for (const [what, line] of [
    ['a line that is not JSON', '{"prompt": ['],
    ['a row without ground truth', '{"prompt": [{"content": "What is 1 + 2?"}]}'],
    ['a question that the policy cannot read', '{"prompt": [{"content": "Who are you?"}], "reward_model": {"ground_truth": "1"}}'],
  ] as const) {
    it(`names the line of ${what}`, () => {
      const dir = newDirectory();
      writeFileSync(join(dir, 'train.jsonl'), `\n${line}\n`);
      assert.throws(() => readDataset(dir), { name: 'DemoError', message: /^train\.jsonl line 2 / });
    });
  }
});
