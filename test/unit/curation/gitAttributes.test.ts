import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addMergeUnion, hasMergeUnion } from '../../../src/curation/gitAttributes';
import { temporaryDirectory } from '../temporaryDirectory';

describe('the union merge of decisions', () => {
  const directory = temporaryDirectory();
  const path = (): string => join(directory.path(), '.gitattributes');

  it('is asked for once', () => {
    assert.deepEqual([addMergeUnion(directory.path()), addMergeUnion(directory.path())], [true, false]);
    assert.equal(readFileSync(path(), 'utf8'), 'decisions.jsonl merge=union\n');
  });

  it('is added below what is there, also without a last line end', () => {
    writeFileSync(path(), '*.bin binary');
    addMergeUnion(directory.path());
    assert.equal(readFileSync(path(), 'utf8'), '*.bin binary\ndecisions.jsonl merge=union\n');
  });

  it('is recognised among other attributes and not mistaken', () => {
    writeFileSync(path(), 'decisions.jsonl text merge=union -diff\n');
    assert.equal(hasMergeUnion(directory.path()), true);
    writeFileSync(path(), '# decisions.jsonl merge=union\ndecisions.jsonl merge=unionised\n');
    assert.equal(hasMergeUnion(directory.path()), false);
  });
});
