import { ExpectedError } from '../../protocol/channel';
import type { ChoiceReport } from '../../protocol/nextBatch';
import type { Engine } from '../engine/engineClient';

/** Why a problem is in the next batch or not; null where no next batch can be shown: what a log cannot support, its views say already. */
export async function explainedChoice(engine: Engine, run: string, problem: string): Promise<ChoiceReport | null> {
  try {
    return await engine.call('explain', { run, problem, size: null });
  } catch (error) {
    if (error instanceof ExpectedError) return null;
    throw error;
  }
}
