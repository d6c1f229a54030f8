import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, rmSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSamplerText } from '../../../src/core/samplerConfig';
import { DecisionLog } from '../../../src/curation/decisionLog';
import { temporaryDirectory } from '../temporaryDirectory';
import { engineOn } from './observedTree';

const context = { cancelled: () => false, progress: () => undefined };
const decidingEngine = fileURLToPath(new URL('decidingEngine.ts', import.meta.url));

describe('two windows on one curation directory', () => {
  const directory = temporaryDirectory();
  const curation = (): string => path.join(directory.path(), '.cdas');
  const generation = (): number => {
    const sampler = readSamplerText(readFileSync(path.join(curation(), 'sampler.json'), 'utf8'));
    assert.ok(sampler.kind === 'config' && sampler.intact);
    return sampler.generation;
  };
  const exclude = (problem: string): { readonly run: null; readonly action: 'exclude'; readonly problems: readonly string[] } => ({ run: null, action: 'exclude', problems: [problem] });

  it('lose no decision of either when both decide without a pause, and leave a sampler.json that holds them all', async function () {
    this.timeout(60_000);
    const windows = ['a', 'b', 'c'].map((name) => spawn(process.execPath, ['--import', 'tsx', decidingEngine, directory.path(), '25', name], { stdio: 'inherit' }));
    const codes = await Promise.all(windows.map(async (window) => (await once(window, 'exit'))[0] as number));
    assert.deepEqual(codes, [0, 0, 0]);
    const log = new DecisionLog(curation());
    log.refresh();
    assert.deepEqual(log.warnings, []);
    assert.equal(new Set(log.decisions.map(({ id }) => id)).size, 75);
    assert.equal(new Set(log.decisions.map(({ problem }) => problem)).size, 75);
    assert.equal(generation(), 75);
  });

  it('write sampler.json again when the other appended while it was written', async () => {
    const [ours, theirs] = [engineOn(directory.path()), engineOn(directory.path())];
    const state = ours.curation.state.bind(ours.curation);
    ours.curation.state = (view) => {
      const seen = state(view);
      // After our append and before our write the other window decides and compiles, and ours overwrites that.
      if (seen.generation === 1) new DecisionLog(curation()).append([{ action: 'pin', problem: 'theirs' }], { by: 'them', now: new Date() });
      return seen;
    };
    const result = await ours.handlers().decide(exclude('ours'), context);
    assert.equal(result.generation, 2);
    assert.deepEqual([ours.curation.poll(), ours.curation.poll()], [true, false]);
    assert.equal(generation(), 2);
    theirs.curation.poll();
    assert.equal(theirs.curation.decisions.length, 2);
  });

  it('take up what the other decided also where they looked at the file for a decision of their own', async () => {
    const [ours, theirs] = [engineOn(directory.path()), engineOn(directory.path())];
    const before = ours.curation.revision;
    await theirs.handlers().decide(exclude('theirs'), context);
    await ours.handlers().decide(exclude('ours'), context);
    assert.ok(ours.curation.revision > before);
    assert.equal(ours.curation.decisions.length, 2);
    assert.equal(generation(), 2);
  });

  it('compile a decision whose program was killed before it did', () => {
    new DecisionLog(curation()).append([{ action: 'pin', problem: 'p' }], { by: 'cli', now: new Date() });
    const engine = engineOn(directory.path());
    engine.recompileIfStale(null);
    assert.equal(generation(), 1);
  });

  it('go on after a decision that was half-written when its program was killed', async () => {
    mkdirSync(curation());
    appendFileSync(path.join(curation(), 'decisions.jsonl'), '{"schema":"cdas-decision/1","id":"01J');
    const engine = engineOn(directory.path());
    await engine.handlers().decide(exclude('p'), context);
    assert.equal(generation(), 1);
    const { warnings } = await engine.handlers().curation({}, context);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /decisions\.jsonl line 1 is not JSON/);
  });

  it('write sampler.json again, once, that somebody removed, when the next decision comes in', async () => {
    const engine = engineOn(directory.path());
    await engine.handlers().decide(exclude('p'), context);
    unlinkSync(path.join(curation(), 'sampler.json'));
    new DecisionLog(curation()).append([{ action: 'pin', problem: 'q' }], { by: 'cli', now: new Date() });
    engine.curation.poll();
    engine.recompileIfStale(null);
    assert.equal(generation(), 2);
  });

  it('say that sampler.json could not be written, and write it once it can be', async () => {
    const engine = engineOn(directory.path());
    mkdirSync(path.join(curation(), 'sampler.json'), { recursive: true });
    await assert.rejects(async () => engine.handlers().decide(exclude('p'), context), /Could not .* a directory has that name/);
    assert.equal(engine.curation.decisions.length, 1);
    assert.throws(() => engine.recompileIfStale(null), /a directory has that name/);
    assert.match((await engine.handlers().curation({}, context)).warnings.join(), /a directory has that name/);
    rmSync(path.join(curation(), 'sampler.json'), { recursive: true });
    engine.recompileIfStale(null);
    assert.equal(generation(), 1);
    assert.deepEqual((await engine.handlers().curation({}, context)).warnings, []);
  });
});
