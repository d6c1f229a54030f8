import { createHash } from 'node:crypto';
import { previewOf } from '../core/datasetIndex';
import { hashOfNormalised, normaliseText } from '../core/identity';
import { canonicalJson } from '../core/json';
import type { PromptEvidence } from '../core/problemResolver';
import { userTextCandidates } from '../core/promptText';
import type { RolloutRow } from './logFormat';

/** A distinct prompt of a run: what identifies its problem, and where its text can be read again. */
export interface Prompt extends Omit<PromptEvidence, 'containedHash'> {
  readonly preview: string;
  readonly file: string;
  readonly offset: number;
}

/** The distinct prompts of a run, by what tells them apart: explicit id, prompt text, ground truth. Holds no full texts. */
export class PromptTable {
  private readonly prompts: Prompt[] = [];
  private readonly indexByKey = new Map<string, number>();

  get length(): number {
    return this.prompts.length;
  }

  at(index: number): Prompt | undefined {
    return this.prompts[index];
  }

  /** The index of a row's prompt, added when it is new. */
  intern(row: RolloutRow, file: string, offset: number): number {
    const answer = row.groundTruth === undefined ? null : canonicalJson(row.groundTruth);
    const key = createHash('sha1')
      .update(JSON.stringify([row.explicitId, answer]))
      .update(row.prompt)
      .digest('base64');
    const known = this.indexByKey.get(key);
    if (known !== undefined) return known;
    const index = this.prompts.length;
    this.indexByKey.set(key, index);
    const texts = row.promptIsUserText ? [normaliseText(row.prompt)] : userTextCandidates(row.prompt);
    this.prompts.push({
      explicitId: row.explicitId,
      hashes: texts.map(hashOfNormalised),
      answer,
      preview: previewOf(texts[0] ?? ''),
      file,
      offset,
    });
    return index;
  }
}
