import assert from 'node:assert/strict';
import { foldDecisions } from '../../../src/core/decisionFold';
import { compileSamplerConfig, samplerDigest, samplerText, type SamplerBody } from '../../../src/core/samplerConfig';
import { readSurroundings, type SamplerSurroundings } from '../../../src/core/samplerSurroundings';
import { defaultStrategy } from '../../../src/core/samplerStrategy';
import { start } from './decisionSamples';

function textOf(surroundings: SamplerSurroundings): string {
  const body: SamplerBody = compileSamplerConfig({ ...surroundings, curation: foldDecisions([], start), writer: 'test' });
  return samplerText({ ...body, digest: samplerDigest(body), writtenAt: start.now });
}

const none: SamplerSurroundings = { run: null, strategy: defaultStrategy, competence: null };

describe('what a sampler.json says besides the decisions', () => {
  it('is read back as it was compiled', () => {
    const whole: SamplerSurroundings = {
      run: { name: 'math', step: 7 },
      strategy: { ...defaultStrategy, mode: 'official-compat', symmetric: false, seed: 5 },
      competence: -0.25,
      difficulty: new Map([
        ['__proto__', [0.5, 2]],
        ['h:1', [-0.5, 1]],
      ]),
    };
    assert.deepEqual(readSurroundings(textOf(whole)), whole);
    assert.deepEqual(readSurroundings(textOf(none)), none);
  });

  it('is that of no run where there is no file, or one that is not as it was compiled', () => {
    const edited = textOf({ ...none, competence: 0.5 }).replace('0.5', '0.4');
    for (const text of [null, '', '{', edited]) assert.deepEqual(readSurroundings(text), none);
  });
});
