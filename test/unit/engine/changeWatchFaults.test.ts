import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FSWatcher } from 'chokidar';
import { ChangeWatch } from '../../../src/engine/changeWatch';
import type { Engine } from '../../../src/engine/engine';
import { WatchHints, type Watch } from '../../../src/logs/files/watchHints';
import { temporaryDirectory } from '../temporaryDirectory';
import { engineOn, look } from './observedTree';

describe('how changes of a run on screen are found', () => {
  const directory = temporaryDirectory();
  let watcher: EventEmitter;

  beforeEach(() => {
    mkdirSync(path.join(directory.path(), 'rollouts'));
    writeFileSync(path.join(directory.path(), 'rollouts', '1.jsonl'), `${JSON.stringify({ input: 'user\nQ\nassistant\n', output: 'o', gts: '1', score: 1, step: 1 })}\n`);
    watcher = Object.assign(new EventEmitter(), { add: () => undefined, unwatch: () => undefined, close: () => Promise.resolve() });
  });

  async function watching(engine: Engine, mount = 'ext4'): Promise<ChangeWatch> {
    await look(engine);
    engine.focused = new Set(engine.catalog.all.map(({ source }) => source.id));
    // It has the methods that are called here.
    const start = (() => watcher as unknown as FSWatcher) as Watch;
    return new ChangeWatch(engine, new WatchHints(() => undefined, start, () => [{ directory: '/', type: mount }]));
  }

  const polling = (engine: Engine): string | null => engine.catalog.summary(engine.catalog.all[0]!).polling;

  it('is not spoken of where the file system tells of them', async () => {
    const engine = engineOn(directory.path());
    assert.deepEqual((await watching(engine)).update(), []);
    assert.equal(polling(engine), null);
  });

  it('is said on a network drive, once, with how often it looks', async function () {
    if (process.platform === 'win32') this.skip();
    const engine = engineOn(directory.path(), { pollMs: 2500 });
    const watch = await watching(engine, 'nfs4');
    const { revision } = engine.catalog.all[0]!;
    assert.equal(watch.update().length, 1);
    assert.equal(polling(engine), 'Changes are found by polling every 2.5 s: / (nfs4) is a network drive, which does not report what other machines write.');
    assert.ok(engine.catalog.all[0]!.revision > revision);
    assert.deepEqual(watch.update(), []);
  });

  it('is said when the watcher fails', async () => {
    const engine = engineOn(directory.path());
    const watch = await watching(engine);
    watch.update();
    watcher.emit('error', Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }));
    assert.equal(watch.update().length, 1);
    assert.match(polling(engine) ?? '', /polling every 1 s: file watching failed: all file watches are in use\. Raise the limit/);
  });

  it('follows the setting', async () => {
    const engine = engineOn(directory.path(), { watch: 'poll' });
    const watch = await watching(engine);
    watch.update();
    assert.equal(polling(engine), 'Changes are found by polling every 1 s: cdasLens.watch is “poll”.');
  });
});
