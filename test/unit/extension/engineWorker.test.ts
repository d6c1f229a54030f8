import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnEngineWorker } from '../../../src/extension/engine/engineWorker';

describe('spawnEngineWorker', () => {
  let directory: string;
  const start = (source: string): ReturnType<typeof spawnEngineWorker> => {
    const script = join(directory, 'worker.cjs');
    writeFileSync(script, source);
    return spawnEngineWorker(script, { cacheDirectory: directory });
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cdas-worker-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('carries messages in both directions', async () => {
    const engine = start(`const { parentPort, workerData } = require('node:worker_threads');
      parentPort.on('message', (message) => parentPort.postMessage([message, workerData.cacheDirectory]));`);
    const answer = new Promise((resolve) => engine.port.listen(resolve));
    engine.port.post('hello');
    assert.deepEqual(await answer, ['hello', directory]);
    engine.terminate();
  });

  it('tells why the worker died', async () => {
    const engine = start(`throw new Error('no memory left');`);
    assert.equal(await new Promise((resolve) => engine.onExit(resolve)), 'no memory left');
  });

  it('tells the exit code where there is no error', async () => {
    const engine = start(`process.exit(3);`);
    assert.equal(await new Promise((resolve) => engine.onExit(resolve)), 'exit code 3');
  });
});
