import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { Decision } from '../../../src/core/decision';
import { foldDecisions } from '../../../src/core/decisionFold';
import { canonicalJson, isRecord } from '../../../src/core/json';
import {
  compileSamplerConfig,
  readSamplerText,
  samplerDigest,
  samplerText,
  type SamplerBody,
  type SamplerInput,
} from '../../../src/core/samplerConfig';
import { anyDecisions, decision, start } from './decisionSamples';

function compile(decisions: readonly Decision[], more: Partial<SamplerInput> = {}): SamplerBody {
  return compileSamplerConfig({
    curation: foldDecisions(decisions, start),
    run: { name: 'math', step: 110 },
    strategy: { name: 'cdas', mode: 'paper', warmup: 'first-epoch', symmetric: true, seed: 1 },
    competence: 0.125,
    writer: 'cdas-lens 0.1.0',
    ...more,
  });
}

function textOf(body: SamplerBody): string {
  return samplerText({ ...body, digest: samplerDigest(body), writtenAt: '2026-01-01T00:00:00.000Z' });
}

function parse(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  assert.ok(isRecord(value));
  return value;
}

describe('compiling the sampler config', () => {
  it('holds only what differs from normal', () => {
    const body = compile([
      decision(1, { action: 'exclude', problem: 'h:0123456789abcdef' }),
      decision(2, { action: 'pin', problem: 'cleared' }),
      decision(3, { action: 'clear', problem: 'cleared' }),
      decision(4, { action: 'relabel', problem: 'r', groundTruth: null }),
      decision(5, { action: 'note', problem: 'n' }),
    ]);
    assert.deepEqual([...body.problems], [
      ['h:0123456789abcdef', { membership: 'exclude', textHash: '0123456789abcdef' }],
      ['r', { groundTruth: null }],
    ]);
    assert.equal(body.generation, 5);
    assert.equal(body.targetPassRate, 0.375);
    assert.deepEqual(body.identity, { normalisation: 'cdas-text/1' });
  });

  it('drops what has expired', () => {
    const list = [decision(1, { action: 'exclude', expires: { step: 3 } })];
    assert.equal(compile([], { curation: foldDecisions(list, { ...start, step: 3 }) }).problems.size, 0);
  });

  it('finds the text hash and the index in the decision, in the run, and in an id with or without an answer part', () => {
    const located = { textHash: 'ffff', index: '4' };
    const of = (problem: string, more: Partial<Decision> = {}, input: Partial<SamplerInput> = {}): unknown =>
      compile([decision(1, { action: 'pin', problem, ...more })], input).problems.get(problem);
    assert.deepEqual(of('x', { textHash: 'aaaa', index: '9' }, { locate: () => located }), { membership: 'pin', textHash: 'aaaa', index: '9' });
    assert.deepEqual(of('x', {}, { locate: () => located }), { membership: 'pin', ...located });
    assert.deepEqual(of('h:0123456789abcdef~0a1b'), { membership: 'pin', textHash: '0123456789abcdef' });
    assert.deepEqual(of('x'), { membership: 'pin' });
  });

  it('goes by the newest of several hints that decisions give', () => {
    const { problems } = compile([
      decision(1, { action: 'pin', textHash: 'aaaa', index: '1' }),
      decision(2, { action: 'exclude', textHash: 'bbbb', index: '2' }),
      decision(3, { action: 'note' }),
    ]);
    assert.deepEqual(problems.get('p'), { membership: 'exclude', textHash: 'bbbb', index: '2' });
  });

  it('keeps ids such as __proto__ and 17 as keys like any other', () => {
    const body = compile(['__proto__', '17', 'constructor'].map((problem, n) => decision(n + 1, { action: 'pin', problem })));
    const problems = parse(textOf(body))['problems'];
    assert.ok(isRecord(problems));
    assert.deepEqual(Object.keys(problems).sort(), ['17', '__proto__', 'constructor']);
    assert.equal(Object.getPrototypeOf(problems), Object.prototype);
  });

  it('gives the same text for any order of the same input', () => {
    fc.assert(
      fc.property(anyDecisions, (list) => {
        const difficulty = new Map<string, readonly [number, number]>(list.map(({ id }, n) => [id, [n / 7, n]]));
        const backwards = new Map([...difficulty].reverse());
        assert.equal(textOf(compile([...list].reverse(), { difficulty: backwards })), textOf(compile(list, { difficulty })));
      }),
    );
  });

  it('digests everything but writtenAt and itself, as canonical JSON', () => {
    const text = textOf(compile([decision(1, { action: 'relabel', groundTruth: ['é', 1e21, { b: 1, a: 2 }] })]));
    const { digest, ...rest } = parse(text);
    const digested = canonicalJson({ ...rest, writtenAt: undefined });
    assert.equal(digest, `sha256:${createHash('sha256').update(digested).digest('hex')}`);
  });

  it('changes the digest with any change of a decision or of the state', () => {
    const digests = [
      compile([]),
      compile([decision(1, { action: 'pin' })]),
      compile([decision(1, { action: 'exclude' })]),
      compile([], { competence: 0.25 }),
      compile([], { competence: null, run: null }),
      compile([], { difficulty: new Map([['p', [0.5, 2]]]) }),
      compile([], { difficulty: new Map([['p', [0.5, 3]]]) }),
    ].map(samplerDigest);
    assert.equal(new Set(digests).size, digests.length);
  });

  it('puts each problem on a line of its own', () => {
    const text = textOf(compile([decision(1, { action: 'pin', problem: 'a' }), decision(2, { action: 'pin', problem: 'b' })]));
    assert.match(text, /^ {4}"a": \{"membership":"pin"\},\n {4}"b": \{"membership":"pin"\}$/m);
  });
});

describe('reading a sampler config', () => {
  it('finds its own text intact', () => {
    fc.assert(
      fc.property(anyDecisions, fc.option(fc.double({ noNaN: true, min: -1, max: 1 })), (list, competence) => {
        const body = compile(list, { competence });
        assert.deepEqual(readSamplerText(textOf(body)), {
          kind: 'config',
          generation: list.length,
          digest: samplerDigest(body),
          intact: true,
        });
      }),
    );
  });

  it('is not misled by another layout of the same content', () => {
    const text = textOf(compile([decision(1, { action: 'pin' })]));
    const reading = readSamplerText(JSON.stringify(parse(text)));
    assert.equal(reading.kind === 'config' && reading.intact, true);
  });

  it('notices a changed or added value', () => {
    const text = textOf(compile([decision(1, { action: 'pin' })]));
    for (const edited of [text.replace('"pin"', '"exclude"'), text.replace('{\n', '{\n  "mine": 1,\n')]) {
      assert.notEqual(edited, text);
      const reading = readSamplerText(edited);
      assert.equal(reading.kind === 'config' && reading.intact, false);
    }
  });

  it('calls what has no canonical JSON damaged, and never throws', () => {
    const text = textOf(compile([]));
    for (const [more, why] of [['1e400', /too large for a double/], [`${'['.repeat(5000)}${']'.repeat(5000)}`, /too deeply/]] as const) {
      const reading = readSamplerText(text.replace('{', `{"more": ${more},`));
      assert.match(reading.kind === 'damaged' ? reading.why : '', why);
    }
  });

  it('tells a newer schema from damage', () => {
    assert.deepEqual(readSamplerText('{"schema":"cdas-sampler/2"}'), { kind: 'newer', schema: 'cdas-sampler/2' });
    for (const text of ['', '[]', '{"schema":"x"}', '{"schema":"cdas-sampler/1"}', textOf(compile([])).slice(0, -9)]) {
      assert.equal(readSamplerText(text).kind, 'damaged', text);
    }
  });
});
