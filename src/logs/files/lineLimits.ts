/** How the lines of a file are read. */
export interface LineLimits {
  /** So much of a file is read at a time: it fits into the processor's own cache. */
  readonly chunkBytes: number;
  /** An unfinished line that is longer is not held: it is read once its end is there. */
  readonly heldBytes: number;
  /** A longer line is passed over: reading it would take more memory than reading may. More than the other two together. */
  readonly maxBytes: number;
  /** A line with a longer prompt, answer or id is passed over too: they are held, and looked at in several copies. */
  readonly maxKeptBytes: number;
}

/** A line that was passed over: where it begins, and how long it is. */
export interface LongLine {
  readonly offset: number;
  readonly length: number;
}

const usual: LineLimits = { chunkBytes: 1 << 19, heldBytes: 1 << 24, maxBytes: 1 << 27, maxKeptBytes: 1 << 22 };
let limits = usual;

/** The limits of this thread. */
export function lineLimits(): LineLimits {
  return limits;
}

/** Puts other limits in their place, for tests; null: the usual ones again. */
export function useLineLimits(others: LineLimits | null): void {
  limits = others ?? usual;
}
