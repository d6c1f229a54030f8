import assert from 'node:assert/strict';
import fs, { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import type { Engine } from '../../../src/engine/engine';
import type { Handlers } from '../../../src/protocol/channel';
import type { EngineApi, EngineSettings } from '../../../src/protocol/engineApi';
import type { ProblemDetail } from '../../../src/protocol/run';
import { engineOn, settingsOn } from './observedTree';
import { temporaryDirectory } from '../temporaryDirectory';

const context = { cancelled: () => false, progress: () => undefined };

function row(step: number, problem: number, score: number, answer = '1'): string {
  return `${JSON.stringify({ input: `user\nProblem ${problem}\nassistant\n`, output: 'o', gts: answer, score, step })}\n`;
}

describe('the loop from a decision to the trainer’s receipt', () => {
  const root = temporaryDirectory();
  let engine: Engine;
  let api: Omit<Handlers<EngineApi>, 'configure'>;
  let run: string;

  const settings = (change: Partial<EngineSettings> = {}): EngineSettings => settingsOn(root.path(), change);
  const writeStep = (step: number, ...scores: readonly (readonly [problem: number, score: number, answer?: string])[]): void =>
    writeFileSync(path.join(root.path(), 'rollouts', `${step}.jsonl`), scores.map(([problem, score, answer]) => row(step, problem, score, answer)).join(''));
  async function settle(): Promise<void> {
    engine.curation.poll();
    while ((await engine.catalog.advance(run)).more);
  }
  async function problem(id: string): Promise<ProblemDetail> {
    const detail = await api.problem({ run, id }, context);
    assert.ok(detail);
    return detail;
  }
  const sampler = (): Record<string, unknown> => JSON.parse(readFileSync(path.join(root.path(), '.cdas/sampler.json'), 'utf8')) as Record<string, unknown>;
  function receive(step: number, change: Record<string, unknown> = {}): void {
    const { generation, digest } = sampler();
    const receipt = { schema: 'cdas-receipt/1', at: new Date(Date.now() + 10).toISOString(), generation, digest, appliedAtStep: step, excluded: 1, pinned: 0, relabelled: 0, matched: 1, unmatched: [], adapter: 'test 1', run: '', ...change };
    appendFileSync(path.join(root.path(), '.cdas/receipts.jsonl'), `${JSON.stringify(receipt)}\n`);
  }

  beforeEach(async () => {
    mkdirSync(path.join(root.path(), 'rollouts'));
    writeStep(1, [1, 1], [1, 1], [2, 0], [2, 0], [3, 1], [3, 0]);
    engine = engineOn(root.path());
    api = engine.handlers();
    run = (await api.runs({ rescan: true }, context))[0]!.id;
    await settle();
  });

  async function idOf(number: number): Promise<string> {
    const page = await api.problems({ run, sort: 'id', descending: false, offset: 0, limit: 10, search: `Problem ${number}` }, context);
    return page.rows[0]!.id;
  }

  it('writes an exclusion with its evidence, compiles it, and changes nothing in the past while it is pending', async () => {
    const id = await idOf(2);
    const before = await problem(id);
    const result = await api.decide({ run, action: 'exclude', problems: [id], reason: 'wrong answer' }, context);
    await settle();
    const [decision] = readFileSync(path.join(root.path(), '.cdas/decisions.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual([decision!['action'], decision!['problem'], decision!['by'], decision!['reason']], ['exclude', id, 'Ada <ada@example.org>', 'wrong answer']);
    assert.deepEqual(decision!['evidence'], { run: path.basename(root.path()), step: 1, difficulty: 0.5, visits: 1, passRate: 0 });
    assert.deepEqual(sampler()['problems'], { [id]: { membership: 'exclude', textHash: id.slice(2) } });
    assert.equal(result.generation, 1);
    const after = await problem(id);
    assert.equal(after.decisions[0]!.state, 'pending');
    assert.equal(after.competence, before.competence);
  });

  it('is active from the step that the receipt names, and leaves the mean there', async () => {
    const id = await idOf(2);
    await api.decide({ run, action: 'exclude', problems: [id] }, context);
    receive(2);
    writeStep(2, [1, 1], [1, 1]);
    await settle();
    const { decisions, competence } = await problem(id);
    assert.deepEqual([decisions[0]!.state, decisions[0]!.activeFromStep], ['active', 2]);
    const others = await Promise.all([1, 3].map(async (number) => (await problem(await idOf(number))).difficulty!));
    assert.ok(Math.abs(competence! + (others[0]! + others[1]!) / 2) < 1e-12);
  });

  it('starts a relabelled problem afresh at its active step and knows it under its new answer', async () => {
    const id = await idOf(2);
    await api.decide({ run, action: 'relabel', problems: [id], groundTruth: '7' }, context);
    receive(2);
    writeStep(2, [2, 1, '7'], [2, 1, '7']);
    await settle();
    const detail = await problem(id);
    assert.deepEqual([detail.relabelledTo, detail.groundTruth, detail.visits, detail.passRate], ['7', '1', 1, 1]);
    assert.deepEqual(detail.history.map(({ step, counts }) => [step, counts]), [[1, false], [2, true]]);
    assert.equal((sampler()['problems'] as Record<string, Record<string, unknown>>)[id]!['groundTruth'], '7');
  });

  it('says which decision the trainer could not match', async () => {
    const id = await idOf(2);
    await api.decide({ run, action: 'pin', problems: [id] }, context);
    receive(2, { unmatched: [id] });
    await settle();
    assert.equal((await problem(id)).decisions[0]!.state, 'unmatched');
  });

  it('counts the decisions in force that the trainer follows, not undone ones and what undid them', async () => {
    const [kept, undone] = [await idOf(2), await idOf(3)];
    await api.decide({ run, action: 'exclude', problems: [kept] }, context);
    await api.decide({ run, action: 'pin', problems: [undone] }, context);
    await api.revert({ run, decision: null }, context);
    receive(2);
    await settle();
    const { decisions, followed, lastReceipt } = (await api.dashboard({ run, widthPx: 640 }, context)).curation;
    assert.deepEqual([decisions, followed, lastReceipt?.generation], [3, 1, 3]);
  });

  it('lists decisions with the start of the text of their problems, where the run knows them', async () => {
    const id = await idOf(2);
    await api.decide({ run, action: 'exclude', problems: [id, 'h:0123456789abcdef'] }, context);
    const titles = async (of: string | null): Promise<readonly (string | null)[]> => (await api.decisions({ run: of }, context)).map(({ title }) => title);
    assert.deepEqual(await titles(run), ['Problem 2', null]);
    assert.deepEqual(await titles(null), [null, null]);
  });

  it('undoes the newest decision, and clears a relabel with the membership', async () => {
    const id = await idOf(3);
    await api.decide({ run, action: 'pin', problems: [id] }, context);
    await api.decide({ run, action: 'relabel', problems: [id], groundTruth: 5 }, context);
    await api.revert({ run, decision: null }, context);
    assert.deepEqual(sampler()['problems'], { [id]: { membership: 'pin', textHash: id.slice(2) } });
    await api.decide({ run, action: 'relabel', problems: [id], groundTruth: 6 }, context);
    await api.decide({ run, action: 'clear', problems: [id] }, context);
    assert.deepEqual(sampler()['problems'], {});
    await api.revert({ run, decision: null }, context);
    assert.deepEqual(sampler()['problems'], { [id]: { membership: 'pin', groundTruth: 6, textHash: id.slice(2) } });
    await assert.rejects(async () => {
      await api.revert({ run, decision: 'nonsense' }, context);
    }, /no decision nonsense/);
  });

  it('writes nothing in Restricted Mode and says why', async () => {
    engine.changeSettings(settings({ canWrite: false }));
    await assert.rejects(async () => {
      await api.decide({ run, action: 'pin', problems: [await idOf(1)] }, context);
    }, /Restricted Mode/);
    assert.throws(() => readFileSync(path.join(root.path(), '.cdas/decisions.jsonl')));
  });

  it('keeps a damaged line of decisions, reports it and goes on', async () => {
    mkdirSync(path.join(root.path(), '.cdas'));
    writeFileSync(path.join(root.path(), '.cdas/decisions.jsonl'), '{"schema":"cdas-decision/1","id":"01');
    const id = await idOf(1);
    await api.decide({ run, action: 'exclude', problems: [id] }, context);
    const text = readFileSync(path.join(root.path(), '.cdas/decisions.jsonl'), 'utf8');
    assert.ok(text.startsWith('{"schema":"cdas-decision/1","id":"01\n'));
    assert.match((await api.curation({}, context)).warnings.join(), /line 1/);
    assert.deepEqual(Object.keys(sampler()['problems'] as object), [id]);
  });

  it('says that a decision is recorded where sampler.json cannot be written, and writes it later', async () => {
    const id = await idOf(1);
    const file = path.join(root.path(), '.cdas/sampler.json');
    mkdirSync(file, { recursive: true });
    const decide = async (): Promise<unknown> => await api.decide({ run, action: 'exclude', problems: [id] }, context);
    await assert.rejects(decide, /The decision is recorded in decisions\.jsonl, but sampler\.json, .*Could not read .*sampler\.json: .*Do not repeat the decision/u);
    assert.equal((await problem(id)).decisions[0]!.state, 'pending');
    rmSync(file, { recursive: true });
    engine.recompileIfStale(engine.catalog.get(run));
    assert.deepEqual(Object.keys(sampler()['problems'] as object), [id]);
  });

  it('says on a disk that is full for sampler.json that the decision is recorded, and not to decide again', async () => {
    const id = await idOf(1);
    const { writeFileSync: write } = fs;
    fs.writeFileSync = () => {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    };
    syncBuiltinESMExports();
    try {
      const decide = async (): Promise<unknown> => await api.decide({ run, action: 'pin', problems: [id] }, context);
      await assert.rejects(decide, { message: `The decision is recorded in decisions.jsonl, but sampler.json, which trainers read, does not have it yet. Could not write ${path.join(root.path(), '.cdas/sampler.json')}: the disk is full. Free up some space. Do not repeat the decision: sampler.json is updated as soon as it can be written.` });
    } finally {
      fs.writeFileSync = write;
      syncBuiltinESMExports();
    }
    assert.match(readFileSync(path.join(root.path(), '.cdas/decisions.jsonl'), 'utf8'), /"action":"pin"/);
    engine.recompileIfStale(engine.catalog.get(run));
    assert.deepEqual(Object.keys(sampler()['problems'] as object), [id]);
  });

  it('keeps a sampler.json that was edited by hand beside the new one', async () => {
    const id = await idOf(1);
    await api.decide({ run, action: 'exclude', problems: [id] }, context);
    const file = path.join(root.path(), '.cdas/sampler.json');
    const edited = readFileSync(file, 'utf8').replace('"exclude"', '"pin"');
    writeFileSync(file, edited);
    await api.decide({ run, action: 'pin', problems: [await idOf(2)] }, context);
    const { warnings } = await api.curation({}, context);
    const copy = /kept as (\S+)\./.exec(warnings.join())?.[1];
    assert.ok(copy, warnings.join());
    assert.equal(readFileSync(path.join(root.path(), '.cdas', copy), 'utf8'), edited);
  });

  it('compiles decisions that came in from elsewhere, and lets one lapse at its step', async () => {
    const id = await idOf(1);
    await api.decide({ run, action: 'exclude', problems: [id], expires: { step: 2 } }, context);
    assert.deepEqual(Object.keys(sampler()['problems'] as object), [id]);
    writeStep(2, [2, 1]);
    await settle();
    engine.recompileIfStale(engine.catalog.get(run));
    assert.deepEqual(sampler()['problems'], {});
    assert.equal((await problem(id)).decisions[0]!.state, 'expired');
  });

  it('compiles anew for a decision that lapsed while no window was open', async () => {
    await api.decide({ run, action: 'exclude', problems: [await idOf(1)], expires: { step: 2 } }, context);
    writeStep(2, [2, 1]);
    const later = engineOn(root.path());
    await later.handlers().runs({ rescan: true }, context);
    later.curation.poll();
    while ((await later.catalog.advance(run)).more);
    later.recompileIfStale(later.catalog.get(run));
    assert.deepEqual(sampler()['problems'], {});
  });

  it('annotates dataset lines with the problems of the run, and leaves other lines out', async () => {
    const lines = [
      { line: 4, text: '{"question": "Problem 2", "answer": "1"}' },
      { line: 5, text: '{"question": "Never seen"}' },
      { line: 6, text: 'no row at all' },
    ];
    const found = await api.annotate({ run, lines }, context);
    assert.deepEqual(found.map(({ line, id, problem: { difficulty, visits } }) => [line, id, difficulty, visits]), [[4, await idOf(2), 0.5, 1]]);
  });

  it('finds nothing changed when the logs are read again, and gives up when asked', async () => {
    const report = await api.recompute({ run }, context);
    assert.deepEqual([report.changed, report.steps, report.problems, report.competenceAfter], [0, 1, 3, report.competenceBefore]);
    await assert.rejects(async () => {
      await api.recompute({ run }, { ...context, cancelled: () => true });
    }, /cancelled/);
  });

  it('rates anew when the mode changes', async () => {
    const id = await idOf(2);
    engine.changeSettings(settings({ mode: 'official-compat' }));
    assert.equal((await problem(id)).difficulty, 0.25);
  });
});
