import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { IndexCache } from '../../../src/engine/reading/indexCache';
import { RunFiles } from '../../../src/engine/reading/runFiles';
import { openRuns } from '../../../src/logs/discovery/discover';
import { readContents } from './readContents';

const writer = fileURLToPath(new URL('indexWriter.ts', import.meta.url));
const kernel = fileURLToPath(new URL('../../support/scanKernel.mjs', import.meta.url));

describe('an index cache that several processes use', function () {
  // Each of them has to start first.
  this.timeout(60_000);
  let directory: string;
  let log: string;
  let cacheDirectory: string;
  let children: ChildProcess[];

  /** Starts a writer; `prefix` is a shell's word before it. */
  function start(prefix: string): { readonly child: ChildProcess; readonly lines: AsyncIterator<string> } {
    const child = spawn('sh', ['-c', `${prefix} exec "$0" "$@"`, process.execPath, '--import', 'tsx', '--import', kernel, writer, log, cacheDirectory], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  }

  function grow(step: number): void {
    const rows = Array.from({ length: 400 }, (_, i) => `${JSON.stringify({ input: `user\nProblem ${step} ${i}\nassistant\n`, output: 'o', gts: '1', score: i % 2, step })}\n`);
    appendFileSync(path.join(log, `${step}.jsonl`), rows.join(''));
  }

  async function assertReopens(): Promise<RunFiles> {
    const [source] = (await openRuns(log)).runs;
    const cache = new IndexCache(cacheDirectory, { onTrouble: () => undefined });
    const [reopened, fresh] = [new RunFiles(source!, () => cache.load(source!)), new RunFiles(source!)];
    for (const files of [reopened, fresh]) while (files.poll(1 << 20, Date.now()).more);
    assert.deepEqual(readContents(reopened), readContents(fresh));
    return reopened;
  }

  async function kill(child: ChildProcess): Promise<void> {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  before(function () {
    if (process.platform === 'win32') this.skip();
  });
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'cdas-processes-'));
    log = path.join(directory, 'rollouts');
    cacheDirectory = path.join(directory, 'cache');
    children = [];
    mkdirSync(log);
    grow(1);
  });
  afterEach(async () => {
    for (const child of children) if (child.exitCode === null && child.signalCode === null) await kill(child);
    rmSync(directory, { recursive: true });
  });

  it('is whole after two of them wrote at once, and after they were killed in the middle', async () => {
    // The hashes of this process begin with the seed that is there before the others come.
    const cache = new IndexCache(cacheDirectory, { onTrouble: () => undefined, worthBytes: 1 });
    const [source] = (await openRuns(log)).runs;
    const files = new RunFiles(source!);
    while (files.poll(1 << 20, Date.now()).more);
    await cache.saveIfDue(files, Date.now());
    const writers = [start(''), start('')];
    for (const { lines } of writers) await lines.next();
    for (let step = 2; step < 12; step++) {
      grow(step);
      await writers[step % 2]!.lines.next();
      assert.ok((await assertReopens()).restored.bytes > 0);
    }
    for (const { child } of writers) await kill(child);
    grow(2);
    assert.ok((await assertReopens()).restored.bytes > 0);
  });

  it('tells where the disk takes no more, and leaves no broken file', async () => {
    const { lines } = start('ulimit -f 8;');
    assert.match(String((await lines.next()).value), /cannot be written/);
    assert.deepEqual(readdirSync(cacheDirectory), ['seed']);
    await assertReopens();
  });

  it('is not disturbed by what it finds in its place', async () => {
    mkdirSync(cacheDirectory);
    writeFileSync(path.join(cacheDirectory, 'seed'), 'not eight bytes');
    const { lines } = start('');
    await lines.next();
    assert.equal(statSync(path.join(cacheDirectory, 'seed')).size, 15);
    assert.equal((await assertReopens()).restored.bytes, 0);
  });
});
