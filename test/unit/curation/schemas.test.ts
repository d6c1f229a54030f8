import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { readDecision } from '../../../src/core/decisionParse';
import { foldDecisions } from '../../../src/core/decisionFold';
import { isRecord } from '../../../src/core/json';
import { compileSamplerConfig, samplerDigest, samplerText } from '../../../src/core/samplerConfig';
import { defaultStrategy } from '../../../src/core/samplerStrategy';
import { strategySpecs } from '../../../src/core/strategies/strategySpecs';
import { anyDecisions, decision, start } from '../core/decisionSamples';

function schemaOf(name: string): ValidateFunction {
  const schema: unknown = JSON.parse(readFileSync(join('media', 'schemas', `${name}.schema.json`), 'utf8'));
  assert.ok(isRecord(schema));
  return new Ajv({ strict: false, validateFormats: false }).compile(schema);
}

describe('the JSON Schema of a decision', () => {
  const validate = schemaOf('decision');

  it('accepts every decision that is written', () => {
    fc.assert(
      fc.property(anyDecisions, (list) => {
        for (const one of list) assert.ok(validate(one), JSON.stringify(validate.errors));
      }),
    );
  });

  for (const [what, fields] of [
    ['without a problem', { problem: undefined }],
    ['with a bad id', { id: 'x' }],
    ['that is a relabel without a value', { action: 'relabel' }],
    ['that is a revert without a ref', { action: 'revert' }],
    ['that expires at nothing', { expires: {} }],
    ['with an unknown action', { action: 'weigh' }],
  ] as const) {
    it(`rejects a decision ${what}, as the reader does`, () => {
      const value: unknown = JSON.parse(JSON.stringify({ ...decision(1, { action: 'pin' }), ...fields }));
      assert.equal(validate(value), false);
      assert.notEqual(readDecision(value).kind, 'decision');
    });
  }
});

describe('the JSON Schema of the sampler config', () => {
  const validate = schemaOf('sampler');
  const compiled = (list: Parameters<typeof foldDecisions>[0], withRun: boolean): unknown => {
    const body = compileSamplerConfig({
      curation: foldDecisions(list, start),
      run: withRun ? { name: 'math', step: 3 } : null,
      strategy: { name: 'cdas', mode: 'official-compat', warmup: 'first-epoch', symmetric: true, seed: 1 },
      competence: withRun ? 0.1 : null,
      ...(withRun && { difficulty: new Map([['p', [0.5, 2] as const]]) }),
      writer: 'test',
    });
    return JSON.parse(samplerText({ ...body, digest: samplerDigest(body), writtenAt: '2026-01-01T00:00:00Z' }));
  };

  it('accepts every config that is written', () => {
    fc.assert(
      fc.property(anyDecisions, fc.boolean(), (list, withRun) => {
        assert.ok(validate(compiled(list, withRun)), JSON.stringify(validate.errors));
      }),
    );
  });

  it('knows every strategy and its parameters', () => {
    const withStrategy = (strategy: object): unknown => ({ ...(compiled([], false) as object), strategy: { ...defaultStrategy, ...strategy } });
    for (const { name, parameters } of strategySpecs) {
      assert.ok(validate(withStrategy({ name, ...Object.fromEntries(parameters.map(({ name: own, max }) => [own, max])) })), name);
      for (const { name: own, max } of parameters) assert.ok(!validate(withStrategy({ name, [own]: max + 1 })), own);
    }
    assert.ok(!validate(withStrategy({ name: 'mops' })));
  });

  it('rejects a membership that trainers do not know', () => {
    const config = compiled([decision(1, { action: 'exclude' })], true);
    assert.equal(validate(JSON.parse(JSON.stringify(config).replace('"exclude"', '"drop"'))), false);
  });
});
