import type { RolloutRow } from '../logFormat';
import type { PromptTable } from './promptTable';

/** Looks prompts up during one look at a file: all rollouts of a group have one prompt, and most groups lie together. */
export class RepeatedPrompt {
  private last: { readonly row: RolloutRow; readonly index: number } | null = null;

  /** The index of a row's prompt in the table. */
  indexOf(row: RolloutRow, prompts: PromptTable, file: string, offset: number): number {
    if (this.last !== null && isSame(this.last.row, row)) return this.last.index;
    const index = prompts.intern(row, file, offset);
    this.last = { row, index };
    return index;
  }

  /** Forgets the row, whose texts are not to be held. */
  clear(): void {
    this.last = null;
  }
}

function isSame(a: RolloutRow, b: RolloutRow): boolean {
  return a.prompt === b.prompt && a.explicitId === b.explicitId && a.groundTruth === b.groundTruth && a.promptIsUserText === b.promptIsUserText;
}
