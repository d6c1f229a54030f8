import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Decision } from '../../../src/core/decision';
import { foldDecisions, type CurationState } from '../../../src/core/decisionFold';
import { compileSamplerConfig, samplerDigest, samplerText } from '../../../src/core/samplerConfig';
import { holdsLapsed } from '../../../src/core/samplerLapsed';
import { defaultStrategy } from '../../../src/core/samplerStrategy';
import { anyDecisions, decision, start } from './decisionSamples';

function foldAt(decisions: readonly Decision[], step: number): CurationState {
  return foldDecisions(decisions, { ...start, step });
}

/** The sampler.json of a fold. */
function textOf(curation: CurationState): string {
  const body = compileSamplerConfig({ curation, run: null, strategy: defaultStrategy, competence: null, writer: 'test' });
  return samplerText({ ...body, digest: samplerDigest(body), writtenAt: start.now });
}

describe('a sampler.json that says what has lapsed', () => {
  for (const draft of [{ action: 'exclude' }, { action: 'pin' }, { action: 'relabel', groundTruth: '2' }] as const) {
    it(`is told by what a lapsed ${draft.action} has left in it`, () => {
      const list = [decision(1, { ...draft, expires: { step: 10 } })];
      const [before, after] = [foldAt(list, 9), foldAt(list, 10)];
      assert.deepEqual([holdsLapsed(textOf(before), before), holdsLapsed(textOf(before), after), holdsLapsed(textOf(after), after)], [false, true, false]);
    });
  }

  it('is none where a later decision says the same for good', () => {
    const list = [decision(1, { action: 'exclude', expires: { step: 10 } }), decision(2, { action: 'exclude' })];
    assert.equal(holdsLapsed(textOf(foldAt(list, 9)), foldAt(list, 10)), false);
  });

  it('is none where the text says nothing that can be read', () => {
    const state = foldAt([decision(1, { action: 'exclude', expires: { step: 10 } })], 10);
    for (const text of ['', '{', '[]', '{"problems":7}', '{"problems":{"p":null}}']) assert.equal(holdsLapsed(text, state), false, text);
  });

  it('is never one that was compiled at the same moment', () => {
    fc.assert(fc.property(anyDecisions, fc.nat(60), (list, step) => assert.equal(holdsLapsed(textOf(foldAt(list, step)), foldAt(list, step)), false)));
  });
});
