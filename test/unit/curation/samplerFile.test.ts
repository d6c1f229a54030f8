import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldDecisions } from '../../../src/core/decisionFold';
import { compileSamplerConfig, type SamplerBody } from '../../../src/core/samplerConfig';
import { writeFileAtomically } from '../../../src/curation/atomicWrite';
import { SamplerFile } from '../../../src/curation/samplerFile';
import { decision, start } from '../core/decisionSamples';
import { temporaryDirectory } from '../temporaryDirectory';

const now = new Date('2026-02-03T04:05:06.789Z');

function body(...problems: readonly string[]): SamplerBody {
  const decisions = problems.map((problem, n) => decision(n + 1, { action: 'exclude', problem }));
  return compileSamplerConfig({
    curation: foldDecisions(decisions, start),
    run: null,
    strategy: { name: 'cdas', mode: 'paper', warmup: 'first-epoch', symmetric: true, seed: 1 },
    competence: null,
    writer: 'test',
  });
}

describe('the sampler file', () => {
  const directory = temporaryDirectory();
  const path = (): string => join(directory.path(), 'sampler.json');
  const file = (): SamplerFile => new SamplerFile(directory.path());

  it('is written with its digest and read back intact', () => {
    const { written, digest, warning } = file().write(body('p'), now);
    assert.deepEqual([written, warning], [true, null]);
    assert.deepEqual(file().read(), { kind: 'config', generation: 1, digest, intact: true });
    assert.deepEqual(readdirSync(directory.path()), ['sampler.json']);
  });

  it('is neither waited for nor replaced where it is a pipe', function () {
    if (process.platform === 'win32') this.skip();
    execFileSync('mkfifo', [path()]);
    assert.throws(() => file().read(), /sampler\.json is not a regular file\. Rename or remove it\./);
    assert.throws(() => { writeFileAtomically(path(), ''); }, /is not a regular file/);
    assert.deepEqual([statSync(path()).isFIFO(), readdirSync(directory.path())], [true, ['sampler.json']]);
  });

  it('is made together with its directory', () => {
    const nested = new SamplerFile(join(directory.path(), 'a', '.cdas'));
    assert.equal(nested.read(), null);
    nested.write(body(), now);
    assert.ok(existsSync(nested.path));
  });

  it('is left alone when it already says the same', () => {
    file().write(body('p'), now);
    const before = readFileSync(path(), 'utf8');
    assert.equal(file().write(body('p'), new Date(0)).written, false);
    assert.equal(readFileSync(path(), 'utf8'), before);
  });

  it('is replaced without a copy when it is an older compilation, as after a git checkout', () => {
    file().write(body('p'), now);
    assert.deepEqual([file().write(body('p', 'q'), now).warning, readdirSync(directory.path()).length], [null, 1]);
  });

  it('keeps what somebody wrote into it by hand, even when its digest was left as it was', () => {
    file().write(body('p'), now);
    const edited = readFileSync(path(), 'utf8').replace('"exclude"', '"pin"');
    writeFileSync(path(), edited);
    const { written, warning } = file().write(body('p'), now);
    assert.equal(written, true);
    assert.match(warning ?? '', /edited by hand; the old text is kept as sampler\.json\.edited-2026-02-03T04-05-06Z/);
    assert.equal(readFileSync(`${path()}.edited-2026-02-03T04-05-06Z`, 'utf8'), edited);
    assert.equal(file().write(body('p'), now).warning, null);
  });

  it('never overwrites an earlier copy', () => {
    for (const text of ['first', 'second', 'third']) {
      writeFileSync(path(), text);
      file().write(body(), now);
    }
    const copies = readdirSync(directory.path()).filter((name) => name.includes('edited')).sort();
    assert.deepEqual(copies.map((name) => readFileSync(join(directory.path(), name), 'utf8')), ['first', 'second', 'third']);
  });

  it('keeps the file of a newer version and says to update', () => {
    writeFileSync(path(), '{"schema":"cdas-sampler/9"}');
    assert.match(file().write(body(), now).warning ?? '', /newer version of CDAS Lens \(cdas-sampler\/9\).*Update CDAS Lens/);
  });

  it('keeps the mode of the file and follows a symbolic link', () => {
    mkdirSync(join(directory.path(), 'real'));
    const real = join(directory.path(), 'real', 'there.json');
    writeFileSync(real, '');
    chmodSync(real, 0o640);
    symlinkSync(real, path());
    file().write(body('p'), now);
    assert.equal(statSync(real).mode & 0o777, 0o640);
    assert.equal(readFileSync(real, 'utf8'), readFileSync(path(), 'utf8'));
    assert.deepEqual(readdirSync(join(directory.path(), 'real')), ['there.json']);
  });

  it('says what to do when a directory is in its place, and leaves no temporary file', () => {
    mkdirSync(path());
    assert.throws(() => file().write(body('p'), now), /Could not read .*sampler\.json: a directory has that name/);
    assert.deepEqual(readdirSync(directory.path()), ['sampler.json']);
  });
});
