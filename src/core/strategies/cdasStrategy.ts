import type { CdasMode } from '../cdas';
import { selectSymmetric } from '../selection';
import { seededHash } from '../seededHash';
import type { Strategy } from './strategy';

/** What CDAS chooses by, looked at when a batch is chosen. */
export interface CdasView {
  readonly difficulty: ArrayLike<number>;
  readonly competence: number;
  readonly mode: CdasMode;
  readonly symmetric?: boolean;
}

/** CDAS behind the interface of the other strategies. */
export function cdasStrategy(view: () => CdasView): Strategy {
  return {
    name: 'cdas',
    choose: (_seen, { batch, seed, draw, pinned, isExcluded }) => {
      const chosen = selectSymmetric({
        ...view(),
        batch,
        seed: seededHash(seed, draw),
        ...(pinned !== undefined && { pinned }),
        ...(isExcluded !== undefined && { isExcluded }),
      });
      return [...chosen.pinned, ...chosen.easier, ...chosen.harder];
    },
  };
}
