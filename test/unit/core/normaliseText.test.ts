import assert from 'node:assert/strict';
import fc from 'fast-check';
import { normaliseText } from '../../../src/core/identity';

const trimSet = '\\u0009-\\u000d\\u0020\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff';
const specialTokens = new RegExp(
  `<\\|[^<>|${trimSet}]{1,64}\\|>|<\\uff5c[^<>\\uff5c${trimSet}]{1,64}\\uff5c>|<s>|</s>|<bos>|<eos>|<pad>|<unk>|<start_of_turn>|<end_of_turn>|\\[/?INST\\]|<</?SYS>>`,
  'gu',
);

/** `cdas-text/1` in one go. */
function plainly(text: string): string {
  const composed = text.replace(/\r\n?/g, '\n').replace(specialTokens, '').normalize('NFC');
  return composed.replace(new RegExp(`^[${trimSet}]+`), '').replace(new RegExp(`[${trimSet}]+$`), '');
}

const piece = fc.constantFrom('a', '<', '|', '>', '<|im_end|>', '<s>', '[INST]', '[', '\r', '\n', ' ', '\u00a0', '\u3000', '\ufeff', '\u0085', 'e', '\u0301', '\u00e9', '\u02ff', '\u0300', '\u1100\u1161', '\ud834', '\udd5e', '\u0345', '\u212b');

describe('the normalisation of texts', () => {
  it('is the same for every text as without shortcuts', () => {
    fc.assert(fc.property(fc.array(piece).map((pieces) => pieces.join('')), (text) => assert.equal(normaliseText(text), plainly(text))), { numRuns: 2000 });
    for (let unit = 0; unit < 0x10000; unit++) {
      const text = `e${String.fromCharCode(unit)}\u0301`;
      assert.equal(normaliseText(text), plainly(text));
    }
  });
});
