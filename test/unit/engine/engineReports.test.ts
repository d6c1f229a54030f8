import assert from 'node:assert/strict';
import { appendFileSync, cpSync } from 'node:fs';
import path from 'node:path';
import { Engine } from '../../../src/engine/engine';
import { CancelledError, type Handlers } from '../../../src/protocol/channel';
import type { DashboardState } from '../../../src/protocol/dashboard';
import type { EngineApi } from '../../../src/protocol/engineApi';
import { fixtures } from './fixtureRuns';
import { temporaryDirectory } from '../temporaryDirectory';

const context = { cancelled: () => false, progress: () => undefined };

describe('what the engine says of a run’s log', () => {
  const root = temporaryDirectory();
  let engine: Engine;
  let api: Omit<Handlers<EngineApi>, 'configure'>;
  let run: string;
  let told: string[];

  beforeEach(async () => {
    cpSync(path.join(fixtures, 'runs/verl_v07'), root.path(), { recursive: true });
    told = [];
    const settings = { roots: [root.path()], curationDirectory: path.join(root.path(), '.cdas'), mode: 'paper', correctThreshold: null, dataset: null, pollMs: 1000, canWrite: false, author: 'A' } as const;
    engine = new Engine(settings, { onRunChanged: (id) => void told.push(id), onRunsChanged: () => undefined, onCurationChanged: () => undefined });
    api = engine.handlers();
    run = (await api.runs({ rescan: true }, context))[0]!.id;
  });

  async function dashboard(metrics?: readonly string[]): Promise<DashboardState> {
    return api.dashboard({ run, widthPx: 400, ...(metrics !== undefined && { metrics }) }, context);
  }

  it('rests on all of it, also where it was not read before', async () => {
    const report = await api.doctor({ run }, context);
    assert.deepEqual([report.found.rollouts, report.found.bytesRead, report.metrics.length], [64, report.found.bytes, 1]);
    assert.deepEqual(told, [run]);
    await api.doctor({ run }, context);
    assert.deepEqual(told, [run]);
  });

  it('can be given up', async () => {
    await assert.rejects(async () => api.doctor({ run }, { ...context, cancelled: () => true }), CancelledError);
  });

  it('comes with the metrics that were asked for, kept up to date and through a recompute', async () => {
    await api.doctor({ run }, context);
    assert.deepEqual((await dashboard()).metrics.series.map(({ name }) => name), ['actor/entropy', 'response_length/mean', 'actor/grad_norm']);
    appendFileSync(path.join(root.path(), 'cdas_demo/qwen_gsm8k.jsonl'), '{"step":5,"data":{"actor/entropy":0.4}}\n');
    const before = (await dashboard()).revision;
    await engine.catalog.advance(run);
    await api.recompute({ run }, context);
    const { revision, metrics } = await dashboard(['actor/entropy']);
    assert.deepEqual(metrics.series.map(({ name, step, value }) => [name, step.at(-1), value.at(-1)]), [['actor/entropy', 5, 0.4]]);
    assert.ok(revision > before);
  });
});
