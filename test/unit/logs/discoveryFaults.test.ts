import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { searchDirectories } from '../../../src/logs/discovery/directorySearch';
import { discoverRuns, openRuns } from '../../../src/logs/discovery/discover';
import { temporaryDirectory } from '../temporaryDirectory';
import { whileOrdinaryUser } from '../ordinaryUser';

const row = `${JSON.stringify({ input: 'user\nQ\nassistant\n', output: 'o', gts: '1', score: 1, step: 1 })}\n`;

describe('searching for runs where the file system is no simple tree', () => {
  const directory = temporaryDirectory();
  const at = (...names: readonly string[]): string => path.join(directory.path(), ...names);

  function makeRun(...names: readonly string[]): string {
    mkdirSync(at(...names), { recursive: true });
    writeFileSync(at(...names, '1.jsonl'), row);
    return at(...names);
  }

  const logsIn = async (...roots: readonly string[]): Promise<string[]> => (await discoverRuns(roots)).runs.map(({ logPath }) => logPath).sort();

  beforeEach(function () {
    if (process.platform === 'win32') this.skip();
    chmodSync(directory.path(), 0o755);
  });

  it('ends where links lead back up, and finds each run once', async () => {
    const log = makeRun('a', 'rollouts');
    symlinkSync(directory.path(), at('a', 'up'));
    symlinkSync(at('a'), at('a', 'rollouts', 'back'));
    assert.deepEqual(await logsIn(directory.path()), [log]);
  });

  it('follows a link that is given as a root, and reads no files behind links', async () => {
    const log = makeRun('real');
    symlinkSync(log, at('link'));
    mkdirSync(at('linked'));
    symlinkSync(path.join(log, '1.jsonl'), at('linked', '1.jsonl'));
    assert.deepEqual(await logsIn(at('link')), [at('link')]);
    assert.deepEqual(await logsIn(at('linked')), []);
  });

  it('says of a root that leads nowhere, or in a circle, and of one that is a file, what is wrong', async () => {
    symlinkSync(at('nothing'), at('dangling'));
    symlinkSync(at('circle'), at('circle'));
    writeFileSync(at('file'), '');
    const { problems } = await discoverRuns([at('dangling'), at('circle'), at('file')]);
    assert.equal(problems.length, 3);
    assert.match(problems.join('\n'), /dangling: does not exist\n.*circle cannot be read \(ELOOP\): its symbolic links form a loop[^]*file/);
  });

  it('does not search what the kernel makes up, and says so', async function () {
    if (process.platform !== 'linux') this.skip();
    const { runs, problems } = await discoverRuns(['/proc', '/sys/kernel']);
    assert.deepEqual(runs, []);
    assert.match(problems.join('\n'), /^\/proc is a virtual file system and is not searched; choose a directory on a disk\n\/sys\/kernel is a virtual file system/);
  });

  it('looks at what lies nearest to the roots where there are too many directories, and says where it stopped', async () => {
    for (let i = 0; i < 10; i++) mkdirSync(at('big', `a${i}`, 'deep', 'deeper'), { recursive: true });
    mkdirSync(at('small', 'run'), { recursive: true });
    const visited: string[] = [];
    const note = (place: string): (() => boolean) => {
      visited.push(path.relative(directory.path(), place));
      return () => false;
    };
    const gaps = await searchDirectories([at('big'), at('small')], note, { depth: 8, directories: 13 });
    assert.deepEqual(visited.sort(), ['big', 'small', 'small/run', ...Array.from({ length: 10 }, (_, i) => `big/a${i}`)].sort());
    assert.match(gaps.problems.join('\n'), /^stopped after 13 directories, before .*deep; choose the run directories themselves$/);
    assert.deepEqual(gaps.places, [at('big'), at('small')]);
  });

  it('says which directories lie too deep', async () => {
    const deep = makeRun('1', '2', '3', '4', '5', '6', '7', '8', '9');
    const { runs, problems } = await discoverRuns([directory.path()]);
    assert.deepEqual(runs, []);
    assert.deepEqual(problems, [`directories more than 8 levels deep were not searched, such as ${deep}; choose the run directories themselves`]);
  });

  it('goes on beside directories that it may not read, and does not list hundreds of them', async () => {
    const log = makeRun('a', 'rollouts');
    for (let i = 0; i < 100; i++) mkdirSync(at(`closed${i}`), { mode: 0 });
    const { runs, problems } = await whileOrdinaryUser(() => discoverRuns([directory.path()]));
    assert.deepEqual(runs.map(({ logPath }) => logPath), [log]);
    assert.equal(problems.length, 21);
    assert.match(problems[0] ?? '', /closed\d+ cannot be read \(EACCES\): permission denied\. Give yourself read access to it/);
    assert.equal(problems[20], '80 more could not be searched');
  });

  it('opens nothing that is no regular file', async function () {
    const { execFileSync } = await import('node:child_process');
    execFileSync('mkfifo', [at('1.jsonl')]);
    assert.deepEqual(await logsIn(directory.path()), []);
    assert.deepEqual((await openRuns(directory.path())).runs, []);
  });
});
