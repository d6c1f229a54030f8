import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '../../../src/core/json';
import { unchangedStrategy, type StrategyChoice } from '../../../src/core/samplerStrategy';
import type { Engine } from '../../../src/engine/engine';
import type { EngineSettings } from '../../../src/protocol/engineApi';
import { fixtures } from './fixtureRuns';
import { engineOn, settingsOn } from './observedTree';
import { temporaryDirectory } from '../temporaryDirectory';

const context = { cancelled: () => false, progress: () => undefined };

describe('the strategy in the settings', () => {
  const root = temporaryDirectory();
  beforeEach(() => {
    cpSync(path.join(fixtures, 'runs/verl_v07'), root.path(), { recursive: true });
  });

  const settings = (choice: Partial<StrategyChoice>, canWrite = true): EngineSettings =>
    settingsOn(root.path(), { canWrite, sampler: { ...unchangedStrategy, ...choice } });
  const engineOf = (choice: Partial<StrategyChoice>, canWrite = true): Engine =>
    engineOn(root.path(), settings(choice, canWrite));
  const file = (): string => path.join(root.path(), '.cdas', 'sampler.json');
  const strategy = (): Record<string, unknown> => {
    const config: unknown = JSON.parse(readFileSync(file(), 'utf8'));
    assert.ok(isRecord(config) && isRecord(config['strategy']));
    return config['strategy'];
  };

  it('writes nothing where nothing was chosen, or nothing may be written', () => {
    engineOf({}).recompileIfStale(null);
    engineOf({ name: 'mopps' }, false).recompileIfStale(null);
    assert.ok(!existsSync(file()));
  });

  it('goes into sampler.json although nothing was decided, and again when it changes', () => {
    const engine = engineOf({ name: 'mopps', parameters: { target: 0.4 } });
    engine.recompileIfStale(null);
    assert.deepEqual([strategy()['name'], strategy()['target']], ['mopps', 0.4]);
    engine.changeSettings(settings({ name: 'adarft', seed: 5 }));
    engine.recompileIfStale(null);
    assert.deepEqual([strategy()['name'], strategy()['seed'], strategy()['target']], ['adarft', 5, undefined]);
  });

  it('leaves what the command line chose since, until the settings change', async () => {
    const engine = engineOf({ name: 'mopps' });
    engine.recompileIfStale(null);
    const other = engineOf({ name: 'random' });
    other.recompileIfStale(null);
    engine.recompileIfStale(null);
    assert.equal(strategy()['name'], 'random');
    const untouched = engineOf({});
    const [run] = await untouched.handlers().runs({ rescan: true }, context);
    await untouched.handlers().decide({ run: run!.id, action: 'pin', problems: ['p'] }, context);
    assert.equal(strategy()['name'], 'random');
  });

  it('changes nothing where it cannot be obeyed, and says so', async () => {
    const engine = engineOf({ name: 'mopps', parameters: { aim: 1 } });
    engine.recompileIfStale(null);
    assert.ok(!existsSync(file()));
    const { warnings } = await engine.handlers().curation({}, context);
    assert.match(warnings.join(' '), /mopps has no parameter "aim"; it has target, decay, candidates/);
  });

  it('is what the next batch goes by, before the trainer has heard of it', async () => {
    const engine = engineOf({ name: 'learnability', seed: 9 });
    const [run] = await engine.handlers().runs({ rescan: true }, context);
    await engine.handlers().doctor({ run: run!.id }, context);
    const batch = await engine.handlers().nextBatch({ run: run!.id, size: 3, problem: null }, context);
    assert.deepEqual([batch.strategy.name, batch.strategy.seed, batch.batch.length, batch.exact], ['learnability', 9, 3, false]);
    const [first] = batch.batch;
    const report = await engine.handlers().explain({ run: run!.id, problem: first!.problem, size: 3 }, context);
    assert.deepEqual(report?.choice, first);
  });
});
