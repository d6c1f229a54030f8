import assert from 'node:assert/strict';
import { parseReceiptLine } from '../../../src/core/receiptParse';
import { receipt } from './decisionSamples';

const expected = receipt(1, { generation: 3, appliedAtStep: 41, unmatched: ['h:1'] });
const whole = { schema: 'cdas-receipt/1', ...expected };

describe('reading a line of receipts.jsonl', () => {
  it('gives back a receipt as written', () => {
    assert.deepEqual(parseReceiptLine(JSON.stringify(whole)), { kind: 'receipt', receipt: expected });
  });

  it('takes counts that a trainer left out as none', () => {
    const { at, generation, digest, appliedAtStep, schema } = whole;
    const reading = parseReceiptLine(JSON.stringify({ schema, at, generation, digest, appliedAtStep }));
    assert.deepEqual(reading.kind === 'receipt' && [reading.receipt.excluded, reading.receipt.unmatched], [0, []]);
  });

  it('drops entries of unmatched that are no ids', () => {
    const reading = parseReceiptLine(JSON.stringify({ ...whole, unmatched: ['a', 5, null] }));
    assert.deepEqual(reading.kind === 'receipt' && reading.receipt.unmatched, ['a']);
  });

  it('keeps apart what the trainer did not find, could not tell apart, refused and cannot obey', () => {
    const said = { unmatched: ['a', 'c'], unmatchedTotal: 1200, ambiguous: ['c'], ignored: ['b'], unsupported: ['d', 7] };
    const reading = parseReceiptLine(JSON.stringify({ ...whole, ...said }));
    assert.ok(reading.kind === 'receipt');
    const { unmatched, unmatchedTotal, ambiguous, refused, unsupported } = reading.receipt;
    assert.deepEqual({ unmatched, unmatchedTotal, ambiguous, refused, unsupported }, { unmatched: ['a', 'c'], unmatchedTotal: 1200, ambiguous: ['c'], refused: ['b'], unsupported: ['d'] });
  });

  it('keeps what a trainer says of how it chooses, and takes half of it for nothing', () => {
    const strategy = { name: 'mopps', mode: 'paper', warmup: 'none', symmetric: true, seed: 7, target: 0.4 };
    const sampler = { strategy, own: { seed: 7 }, size: 8, draws: 3, observed: 2, epoch: 0, offset: 24, learns: true, givenOrder: false };
    const readBack = (value: unknown): unknown => {
      const reading = parseReceiptLine(JSON.stringify({ ...whole, sampler: value }));
      return reading.kind === 'receipt' ? reading.receipt.sampler : reading;
    };
    assert.deepEqual(readBack(sampler), sampler);
    assert.deepEqual(readBack({ ...sampler, ignored: ['target is 2: why', 7] }), { ...sampler, ignored: ['target is 2: why'] });
    for (const field of ['strategy', 'size', 'draws', 'observed', 'epoch', 'offset']) assert.equal(readBack({ ...sampler, [field]: undefined }), undefined);
    const infinite = parseReceiptLine(JSON.stringify({ ...whole, sampler }).replace('"target":0.4', '"target":1e400'));
    assert.equal(infinite.kind === 'receipt' ? infinite.receipt.sampler : infinite, undefined, 'a number beyond all doubles');
    for (const broken of [7, { ...sampler, size: 0 }, { ...sampler, draws: -1 }, { ...sampler, offset: 0.5 }]) assert.equal(readBack(broken), undefined);
  });

  for (const field of ['at', 'generation', 'digest', 'appliedAtStep']) {
    it(`calls a line without ${field} damaged`, () => {
      assert.equal(parseReceiptLine(JSON.stringify({ ...whole, [field]: undefined })).kind, 'damaged');
    });
  }

  it('ignores what a newer version wrote', () => {
    assert.equal(parseReceiptLine(JSON.stringify({ ...whole, schema: 'cdas-receipt/2' })).kind, 'ignored');
  });

  it('calls half a line damaged', () => {
    assert.equal(parseReceiptLine('{"schema":"cdas-rec').kind, 'damaged');
  });
});
