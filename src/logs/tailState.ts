/** How far a file was read, so that another reader can go on from there. */
export interface TailState {
  readonly offset: number;
  /** So many bytes before `offset` are an unfinished last line that was handed over. */
  readonly taken: number;
  readonly seen: { readonly size: string; readonly mtimeNs: string; readonly ctimeNs: string; readonly ino: string };
  readonly prefix: Prefix | null;
  /** Digest of what was read, at both ends. */
  readonly ends: string;
}

/** A digest of the first bytes of a file. */
export interface Prefix {
  readonly digest: string;
  readonly length: number;
  /** Whether the read was not at its end, so that only both ends were hashed. */
  readonly isMidway: boolean;
}
