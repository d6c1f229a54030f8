import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { KeptLog, line, settle } from './keptLog';

const plainUser = 65_534;

describe('an index cache in a bad way', () => {
  let kept: KeptLog;

  beforeEach(() => {
    kept = new KeptLog();
  });
  afterEach(() => kept.remove());

  it('is not trusted when any of its bytes is another', async () => {
    await kept.keep();
    const file = kept.indexFile;
    const good = readFileSync(file);
    const source = await kept.source();
    const cache = kept.openCache();
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ (1 + (at % 255));
      writeFileSync(file, bad);
      assert.equal(cache.load(source), null, `byte ${at}`);
    }
    writeFileSync(file, good);
    assert.notEqual(cache.load(source), null);
  });

  it('is not trusted when it is cut short or longer', async () => {
    await kept.keep();
    const file = kept.indexFile;
    const good = readFileSync(file);
    const source = await kept.source();
    const cache = kept.openCache();
    for (let length = 0; length < good.length; length += 7) {
      writeFileSync(file, good.subarray(0, length));
      assert.equal(cache.load(source), null);
    }
    writeFileSync(file, Buffer.concat([good, Buffer.alloc(8)]));
    assert.equal(cache.load(source), null);
    // A file of a size that nobody has memory for takes none.
    truncateSync(file, 2 ** 40);
    assert.equal(cache.load(source), null);
  });

  it('is rebuilt silently after damage', async () => {
    await kept.keep();
    writeFileSync(kept.indexFile, 'rubbish');
    await kept.assertAsFresh(await kept.reopen());
    await kept.keep();
    assert.ok((await kept.reopen()).restored.bytes > 0);
    assert.deepEqual(kept.troubles, []);
  });

  it('is for its user alone', async () => {
    await kept.keep();
    assert.equal(statSync(kept.kept).mode & 0o777, 0o700);
    for (const name of readdirSync(kept.kept)) assert.equal(statSync(path.join(kept.kept, name)).mode & 0o777, 0o600, name);
  });

  it('may be deleted at any time', async () => {
    const cache = kept.openCache();
    const files = settle(await kept.open(cache));
    await cache.saveIfDue(files, Date.now());
    rmSync(kept.kept, { recursive: true });
    appendFileSync(kept.file(2), line(4, 1).repeat(20));
    settle(files);
    await cache.saveIfDue(files, Date.now());
    assert.ok((await kept.reopen()).restored.bytes > 0);
    assert.deepEqual(kept.troubles, []);
  });

  it('says once that it cannot be written, and everything goes on without it', async () => {
    writeFileSync(path.join(kept.directory, 'cache'), 'no directory');
    const cache = kept.openCache();
    const files = settle(await kept.open(cache));
    await cache.saveIfDue(files, Date.now());
    appendFileSync(kept.file(2), line(4, 1).repeat(20));
    await cache.saveIfDue(settle(files), Date.now());
    assert.equal(kept.troubles.length, 1);
    assert.match(kept.troubles[0] ?? '', /cannot be written .* read again/);
    await kept.assertAsFresh(files);
  });

  it('leaves nothing behind where it cannot be written to its end', async function () {
    if (process.platform === 'win32') this.skip();
    const cache = kept.openCache();
    const files = settle(await kept.open(cache));
    await kept.keep();
    const before = readdirSync(kept.kept);
    // Its name is taken by a kept.directory, so that it is written and cannot be put in place.
    rmSync(kept.indexFile);
    mkdirSync(path.join(kept.kept, before.find((name) => name.endsWith('.index')) ?? '', 'x'), { recursive: true });
    await cache.saveIfDue(files, Date.now());
    assert.deepEqual(readdirSync(kept.kept).sort(), before.sort());
    assert.equal(kept.troubles.length, 1);
  });

  it('is read where its directory cannot be written', async function () {
    if (process.platform === 'win32') this.skip();
    await kept.keep();
    appendFileSync(kept.file(2), line(4, 1).repeat(20));
    chmodSync(kept.kept, 0o500);
    await asPlainUser(async () => {
      const cache = kept.openCache();
      const files = settle(await kept.open(cache));
      assert.ok(files.restored.bytes > 0);
      await cache.saveIfDue(files, Date.now());
      await kept.assertAsFresh(files);
    });
    assert.equal(kept.troubles.length, 1);
  });

  /** Root may write everywhere. */
  async function asPlainUser(work: () => Promise<void>): Promise<void> {
    if (process.getuid?.() !== 0) {
      await work();
      return;
    }
    for (const each of [kept.directory, ...readdirSync(kept.directory, { recursive: true, encoding: 'utf8' }).map((name) => path.join(kept.directory, name))]) chownSync(each, plainUser, plainUser);
    process.seteuid?.(plainUser);
    try {
      await work();
    } finally {
      process.seteuid?.(0);
    }
  }
});
