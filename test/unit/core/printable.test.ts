import assert from 'node:assert/strict';
import { printable } from '../../../src/core/printable';

describe('untrusted text on a terminal', () => {
  it('has escapes in the place of line ends, control characters and marks that reorder what is read', () => {
    assert.equal(printable('a\n\r\tb\u001b[31m\u0000\u009b\u202e\u2066\ufeff\u200b'), 'a\\n\\r\\tb\\u001b[31m\\u0000\\u009b\\u202e\\u2066\\ufeff\\u200b');
  });

  it('is left as it is where all of it can be seen', () => {
    assert.equal(printable('Größe √2 → 算术 😀 `$x$`'), 'Größe √2 → 算术 😀 `$x$`');
  });

  it('is one line without a control character, whatever it was', () => {
    const every = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit)).join(' ');
    assert.doesNotMatch(printable(every), /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
  });
});
