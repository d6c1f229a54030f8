import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OperationalError } from '../../../src/core/errors';
import { writeFileAtomically } from '../../../src/curation/atomicWrite';
import { DecisionLog } from '../../../src/curation/decisionLog';
import { makeDirectory } from '../../../src/curation/makeDirectory';
import { asOrdinaryUser } from '../ordinaryUser';
import { temporaryDirectory } from '../temporaryDirectory';

const stamp = { by: 'Ada <ada@example.org>', now: new Date('2026-02-03T04:05:06.789Z') };
const deciding = fileURLToPath(new URL('decidingProcess.ts', import.meta.url));

/** The error that some work ends with. */
function errorOf(work: () => unknown): OperationalError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof OperationalError, String(error));
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('the curation directory under faults', () => {
  const directory = temporaryDirectory();
  const curation = (): string => join(directory.path(), '.cdas');

  beforeEach(() => chmodSync(directory.path(), 0o755));

  it('is made with the directories above it', () => {
    const deep = join(directory.path(), 'a', 'b', 'c');
    makeDirectory(deep);
    makeDirectory(deep);
    assert.ok(existsSync(deep));
  });

  it('is refused where the system makes no directories, instead of trying for ever', function () {
    if (process.platform !== 'linux') this.skip();
    const { stdout, signal } = spawnSync(process.execPath, ['--import', 'tsx', deciding, '/proc/cdas-lens/.cdas', '1'], { encoding: 'utf8', timeout: 15_000, killSignal: 'SIGKILL' });
    assert.equal(signal, null);
    assert.match(stdout, /Could not create the directory \/proc\/cdas-lens: that file system does not allow new directories\. Choose another directory/);
  });

  it('keeps what was on a full disk, says so, and does not glue the next decision to the part that was written', function () {
    if (process.platform === 'win32') this.skip();
    const log = new DecisionLog(curation());
    log.append([{ action: 'pin', problem: 'p', reason: 'x'.repeat(100) }], stamp);
    const command = `ulimit -f 8; exec "${process.execPath}" --import tsx "${deciding}" "${curation()}" 100`;
    const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
    assert.match(stdout, /Could not append to .*decisions\.jsonl: .* (?:Free up some space|Raise the limit)/);
    log.append([{ action: 'pin', problem: 'after' }], stamp);
    assert.deepEqual([log.decisions[0]?.problem, log.decisions.at(-1)?.problem], ['p', 'after']);
    assert.equal(log.warnings.length, 1);
    assert.match(log.warnings[0] ?? '', /is not JSON\. The line is skipped but stays in the file/);
  });

  it('leaves the old file and nothing else where a new one does not fit', function () {
    if (process.platform === 'win32') this.skip();
    const file = join(directory.path(), 'sampler.json');
    writeFileAtomically(file, 'old');
    const script = `import { writeFileAtomically } from ${JSON.stringify(fileURLToPath(new URL('../../../src/curation/atomicWrite.ts', import.meta.url)))};
      try { writeFileAtomically(${JSON.stringify(file)}, 'x'.repeat(1 << 20)); } catch (error) { console.log(error.message); }`;
    const program = join(directory.path(), 'program.mts');
    writeFileSync(program, script);
    const { stdout } = spawnSync('sh', ['-c', `ulimit -f 64; exec "${process.execPath}" --import tsx "${program}"`], { encoding: 'utf8' });
    assert.match(stdout, /Could not write .*sampler\.json/);
    assert.equal(readFileSync(file, 'utf8'), 'old');
    assert.deepEqual(readdirSync(directory.path()).sort(), ['program.mts', 'sampler.json']);
  });

  it('is read where it may not be written, and says what to do about the decision', function () {
    if (process.platform === 'win32') this.skip();
    const log = new DecisionLog(curation());
    log.append([{ action: 'pin', problem: 'p' }], stamp);
    chmodSync(log.path, 0o444);
    chmodSync(curation(), 0o555);
    const message = asOrdinaryUser(() => errorOf(() => log.append([{ action: 'pin', problem: 'q' }], stamp)).message);
    assert.match(message, /permission denied\. Give yourself access to it, or choose another directory/);
    assert.match(asOrdinaryUser(() => errorOf(() => writeFileAtomically(join(curation(), 'sampler.json'), 'x')).message), /permission denied/);
    assert.deepEqual(log.decisions.map(({ problem }) => problem), ['p']);
  });

  it('keeps what it knew while the file may not be read, and goes on afterwards', function () {
    if (process.platform === 'win32') this.skip();
    const log = new DecisionLog(curation());
    log.append([{ action: 'pin', problem: 'p' }], stamp);
    new DecisionLog(curation()).append([{ action: 'pin', problem: 'q' }], stamp);
    chmodSync(log.path, 0);
    assert.match(asOrdinaryUser(() => errorOf(() => log.refresh()).message), /Could not read .*permission denied/);
    assert.deepEqual(log.decisions.map(({ problem }) => problem), ['p']);
    chmodSync(log.path, 0o644);
    asOrdinaryUser(() => log.refresh());
    assert.deepEqual(log.decisions.map(({ problem }) => problem), ['p', 'q']);
  });

  it('is made anew with the next decision after somebody removed it', () => {
    const log = new DecisionLog(curation());
    log.append([{ action: 'pin', problem: 'p' }], stamp);
    rmSync(curation(), { recursive: true });
    assert.equal(log.refresh(), true);
    assert.deepEqual(log.decisions, []);
    log.append([{ action: 'pin', problem: 'q' }], stamp);
    assert.deepEqual(log.decisions.map(({ problem }) => problem), ['q']);
  });

  it('gives two programs that decide after the same decision of a clock ahead different ids', () => {
    mkdirSync(curation());
    const future = { ...stamp, now: new Date('2090-01-01T00:00:00Z') };
    new DecisionLog(curation()).append([{ action: 'pin', problem: 'p' }], future);
    const before = readFileSync(join(curation(), 'decisions.jsonl'), 'utf8');
    const ids = Array.from({ length: 20 }, () => {
      writeFileSync(join(curation(), 'decisions.jsonl'), before);
      return new DecisionLog(curation()).append([{ action: 'pin', problem: 'q' }], stamp)[0]?.id ?? '';
    });
    assert.equal(new Set(ids).size, 20);
    assert.ok(ids.every((id) => before.includes('"id"') && id > (JSON.parse(before) as { id: string }).id));
  });
});
