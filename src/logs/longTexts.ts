import { lineLimits } from './files/lineLimits';
import type { RolloutRow } from './logFormat';

/** What a value that is no text is reckoned with among characters. */
const charactersOfValue = 4;

/** Whether a rollout brings a prompt, an answer or an id that is too long to be held. */
export function isTooLongToKeep({ prompt, groundTruth, explicitId, rolloutKey }: RolloutRow): boolean {
  return [prompt, groundTruth, explicitId, rolloutKey].some((kept) => holdsMore(kept, lineLimits().maxKeptBytes));
}

/** Whether the texts of a value that was parsed have more than so many characters together. */
function holdsMore(value: unknown, most: number): boolean {
  let left = most;
  const spend = (part: unknown): boolean => {
    left -= typeof part === 'string' ? part.length : charactersOfValue;
    if (left < 0 || typeof part !== 'object' || part === null) return left < 0;
    return (Array.isArray(part) ? part : Object.entries(part)).some((inner) => spend(inner));
  };
  return spend(value);
}
