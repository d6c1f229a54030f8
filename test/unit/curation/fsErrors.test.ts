import assert from 'node:assert/strict';
import { OperationalError } from '../../../src/core/errors';
import { withFsErrors } from '../../../src/curation/fsErrors';

function messageOf(code: string): string {
  try {
    withFsErrors('write', '/x/sampler.json', () => {
      throw Object.assign(new Error(`${code}: raw`), { code });
    });
  } catch (error) {
    assert.ok(error instanceof OperationalError);
    assert.equal(error.code, code);
    return error.message;
  }
  return 'nothing was thrown';
}

describe('explaining a system error', () => {
  for (const [code, advice] of [
    ['EACCES', /permission denied\. Give yourself access/],
    ['ENOSPC', /disk is full\. Free up some space/],
    ['EROFS', /read-only\. Choose a curation directory/],
    ['EISDIR', /Rename or remove it/],
    ['EEXIST', /Rename that file/],
  ] as const) {
    it(`names the file and what to do for ${code}`, () => {
      assert.match(messageOf(code), advice);
      assert.ok(messageOf(code).startsWith('Could not write /x/sampler.json: '));
    });
  }

  it('keeps the words of a code that has no advice', () => {
    assert.equal(messageOf('EWEIRD'), 'Could not write /x/sampler.json: EWEIRD: raw.');
  });

  it('lets a bug through as it is', () => {
    const bug = new TypeError('x is not a function');
    assert.throws(() => withFsErrors('write', '/x', () => { throw bug; }), bug);
  });
});
