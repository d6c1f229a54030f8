import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../core/errors';
import { writeFileAtomically } from './atomicWrite';
import { decisionsFileName } from './decisionLog';
import { withFsErrors } from './fsErrors';

/** The line of .gitattributes that lets git merge two branches' decisions by keeping the lines of both. */
const mergeUnionLine = `${decisionsFileName} merge=union`;

/** Whether the curation directory's .gitattributes asks for the union merge. */
export function hasMergeUnion(directory: string): boolean {
  return /^\s*decisions\.jsonl\s(.*\s)?merge=union(\s|$)/m.test(readAttributes(directory));
}

/** Adds the line to the curation directory's .gitattributes, below what is there; false where it was there already. */
export function addMergeUnion(directory: string): boolean {
  if (hasMergeUnion(directory)) return false;
  const text = readAttributes(directory);
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  writeFileAtomically(attributesPath(directory), `${text}${separator}${mergeUnionLine}\n`);
  return true;
}

function attributesPath(directory: string): string {
  return join(directory, '.gitattributes');
}

function readAttributes(directory: string): string {
  const path = attributesPath(directory);
  return withFsErrors('read', path, () => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return '';
      throw error;
    }
  });
}
