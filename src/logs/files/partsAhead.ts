/** Parts of a file that another thread reads. They begin and end where lines do. */
export interface PartsAhead {
  /** Where the next one begins, at or after a place; Infinity when there is none. */
  next(from: number): number;
  /** Takes over the one that begins at a place of the open file; the place where it ends, null where it has to be read after all, `later` while it is not there yet. */
  take(at: number, fd: number): number | 'later' | null;
}
