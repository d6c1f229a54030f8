import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { Engine } from '../../../src/engine/engine';
import { IndexCache } from '../../../src/engine/reading/indexCache';
import { temporaryDirectory } from '../temporaryDirectory';
import { fieldMapping, fixtureTrees } from './fixtureTrees';
import { knownOfRuns, type KnownRun } from './knownOfRuns';
import { engineOn, settingsOn } from './observedTree';
import { deeds, WrittenTree, type Deed } from './writtenTree';

/** What a reader does between two things that a writer does: looks to the end or one turn, or gives way to one that has only the index. */
interface Look {
  readonly kind: 'look' | 'turn' | 'restart';
  readonly budget: number;
  readonly laterMs: number;
}

const looks: fc.Arbitrary<Look> = fc.record({
  kind: fc.constantFrom<Look['kind']>('look', 'look', 'turn', 'turn', 'restart'),
  budget: fc.integer({ min: 1, max: 60_000 }),
  laterMs: fc.constantFrom(0, 0, 3000, 60_000),
});
const histories = fc.array(fc.oneof({ arbitrary: deeds, weight: 3 }, { arbitrary: looks, weight: 2 }), { minLength: 1, maxLength: 40 });
const orders = fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 10 });

/** A cache of which a test knows when nothing is being written any more. */
class AwaitedCache extends IndexCache {
  private readonly saves: Promise<void>[] = [];

  override saveIfDue(...[files, now]: Parameters<IndexCache['saveIfDue']>): Promise<void> {
    const save = super.saveIfDue(files, now);
    this.saves.push(save);
    return save;
  }

  async rest(): Promise<void> {
    await Promise.all(this.saves);
  }
}

/** An engine that can be dropped at any moment for one that goes on from the index. */
class DroppedEngine {
  private cache: AwaitedCache;
  private engine: Engine;

  constructor(
    private readonly root: string,
    private readonly kept: string,
  ) {
    this.cache = this.openCache();
    this.engine = this.open();
  }

  async look({ kind, budget, laterMs }: Look): Promise<void> {
    await this.engine.catalog.rescan();
    for (const run of this.engine.catalog.all) {
      let more: boolean;
      do ({ more } = run.advance(budget, Date.now() + laterMs));
      while (more && kind !== 'turn');
      run.advanceMetrics(budget, Date.now());
      if (!more) await this.cache.saveIfDue(run.files, Date.now() + 100_000);
    }
    if (kind !== 'restart') return;
    this.cache = this.openCache();
    this.engine = this.open();
  }

  async finish(): Promise<readonly KnownRun[]> {
    const known = await finish(this.engine);
    await this.cache.rest();
    return known;
  }

  private openCache(): AwaitedCache {
    return new AwaitedCache(this.kept, { onTrouble: () => undefined, worthBytes: 1 });
  }

  private open(): Engine {
    const listener = { onRunChanged: () => undefined, onRunsChanged: () => undefined, onCurationChanged: () => undefined };
    return new Engine(settingsOn(this.root, { fieldMappings: [fieldMapping] }), listener, { cache: this.cache, second: null });
  }
}

/** Looks until unfinished last lines have rested and metrics were sought again. */
async function finish(engine: Engine): Promise<readonly KnownRun[]> {
  for (let look = 1; look <= 2; look++) {
    await engine.catalog.rescan();
    for (const run of engine.catalog.all) {
      while (run.advance(1 << 20, Date.now() + look * 10_000).more);
      while (run.advanceMetrics(1 << 20, Date.now() + look * 20_000).more);
      while ((await engine.catalog.advance(run.source.id)).more);
    }
  }
  return knownOfRuns(engine);
}

describe('what is known of runs', () => {
  const directory = temporaryDirectory();

  for (const [name, contents] of fixtureTrees) {
    it(`is the same however their files come and whenever they are looked at: ${name}`, async () => {
      const root = path.join(directory.path(), 'runs');
      const tree = new WrittenTree(root, contents());
      tree.clear();
      tree.finish([0]);
      const expected = await finish(engineOn(root, { fieldMappings: [fieldMapping] }));
      let kept = 0;
      await fc.assert(
        fc.asyncProperty(histories, orders, async (history: readonly (Deed | Look)[], order) => {
          tree.clear();
          const reader = new DroppedEngine(root, path.join(directory.path(), `index${++kept}`));
          for (const act of history) {
            if ('share' in act) tree.do(act);
            else await reader.look(act);
          }
          tree.finish(order);
          assert.deepEqual(await reader.finish(), expected);
        }),
        { numRuns: 6 },
      );
    });
  }

  it('is of a rewritten log what it says now: its problems, their texts, and how many prompts have an answer', async () => {
    const file = path.join(directory.path(), 'runs/rollouts/1.jsonl');
    mkdirSync(path.dirname(file), { recursive: true });
    const engine = engineOn(path.join(directory.path(), 'runs'));
    const row = (id: string, text: string, answered: boolean): string => `${JSON.stringify({ input: `user\n${text}\nassistant\n`, output: 'o', score: 1, step: 1, uid: id, ...(answered && { gts: '1' }) })}\n`;
    writeFileSync(file, row('a', 'Old', true) + row('b', 'Gone', true));
    await finish(engine);
    writeFileSync(file, row('a', 'New', false));
    const [run] = await finish(engine);
    assert.deepEqual(run?.problems.map(({ text }) => text), ['New']);
    assert.equal(run.doctor.claims.find(({ claim }) => claim === 'groundTruth')?.reason, 'The rows hold no answer.');
    assert.equal(run.summary.progress, 1);
  });

  it('has the configuration that came after the log', async () => {
    const tree = fixtureTrees.get('runs/ms_swift_hf')?.() ?? new Map<string, Buffer>();
    const root = path.join(directory.path(), 'runs');
    const engine = engineOn(root);
    const write = (isWanted: (name: string) => boolean): void => {
      for (const [name, content] of tree) {
        if (!isWanted(name)) continue;
        mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
        writeFileSync(path.join(root, name), content);
      }
    };
    write((name) => name.endsWith('completions.jsonl'));
    const [before] = await finish(engine);
    write((name) => name.endsWith('args.json'));
    const [after] = await finish(engine);
    assert.equal(before?.doctor.found.configFile, null);
    assert.match(after?.doctor.found.configFile ?? '', /args\.json$/);
  });

  it('counts a step once when the earlier of two launches appears after the later', async () => {
    const folder = path.join(directory.path(), 'runs/run');
    mkdirSync(folder, { recursive: true });
    const row = (problem: number, reward: number): string => `${JSON.stringify({ step: 1, sample_idx: 0, prompt_tokens: [problem], response_tokens: [3], reward, ground_truth: '1' })}\n`;
    const engine = engineOn(path.join(directory.path(), 'runs'));
    writeFileSync(path.join(folder, 'exp__1__200_rollouts_000000.jsonl'), row(1, 1) + row(2, 1));
    await finish(engine);
    writeFileSync(path.join(folder, 'exp__1__100_rollouts_000000.jsonl'), row(1, 0) + row(3, 0));
    const [run] = await finish(engine);
    assert.deepEqual([run?.summary.rollouts, run?.summary.health.superseded, run?.problems.length], [2, 2, 2]);
  });

  it('forgets problems that only a launch had which another one replaced', async () => {
    const folder = path.join(directory.path(), 'runs/run');
    mkdirSync(folder, { recursive: true });
    const row = (id: string): string => `${JSON.stringify({ schema: 'cdas-rollout/1', step: 1, problem_id: id, group_id: id, sample_index: 0, reward: 1, prompt: `Question ${id}`, response: 'r' })}\n`;
    const engine = engineOn(path.join(directory.path(), 'runs'));
    writeFileSync(path.join(folder, 'rollouts-launch1-a.jsonl'), row('a'));
    await finish(engine);
    writeFileSync(path.join(folder, 'rollouts-launch2-b.jsonl'), row('b'));
    const [run] = await finish(engine);
    assert.deepEqual(run?.problems.map(({ id }) => id), ['b']);
  });
});
