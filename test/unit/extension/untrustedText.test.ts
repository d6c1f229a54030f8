import assert from 'node:assert/strict';
import fc from 'fast-check';
import { codeSpan, oneLine, withoutIcons } from '../../../src/extension/documents/untrustedText';

describe('oneLine', () => {
  it('keeps a short line as it is', () => {
    assert.equal(oneLine('What is 3 + 4?', 40), 'What is 3 + 4?');
  });

  it('joins lines and takes out characters that reorder or hide text', () => {
    assert.equal(oneLine('a\nb\u202Ec\u200Bd\u0007e', 40), 'a b c d e');
  });

  it('says that something was cut, without leaving half a character', () => {
    assert.equal(oneLine('abc😀def', 5), 'abc…');
  });

  it('never gives more than it was asked for, whatever the text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.integer({ min: 1, max: 60 }), (text, max) => oneLine(text, max).length <= max));
  });

  it('does not take seconds over a huge prompt', () => {
    assert.equal(oneLine('x'.repeat(50_000_000), 10), 'xxxxxxxxx…');
  });
});

describe('codeSpan', () => {
  it('wraps plain text in one backtick', () => {
    assert.equal(codeSpan('2 + 2'), '` 2 + 2 `');
  });

  it('uses a fence that no run of backticks in the text can close', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[`a\[\]()<>!*\n ]{0,60}$/), (text) => {
        const span = codeSpan(text);
        const fence = /^`+/.exec(span)![0];
        const inside = span.slice(fence.length, -fence.length);
        assert.ok(span.endsWith(fence));
        assert.ok((inside.match(/`+/g) ?? []).every((run) => run.length < fence.length || run.length > fence.length));
        assert.ok(!inside.includes('\n'));
      }),
    );
  });

  it('leaves a command link as text', () => {
    assert.equal(codeSpan('[x](command:evil) `[y](command:evil)'), '`` [x](command:evil) `[y](command:evil) ``');
  });
});

describe('withoutIcons', () => {
  it('escapes what would become an icon, and adds nothing to formulas', () => {
    assert.equal(withoutIcons('$(x)$ and $(x+1)$, $(sync~spin)'), '\\$(x)$ and $(x+1)$, \\$(sync~spin)');
  });
});
