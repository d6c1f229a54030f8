/** What a look at a file sees of it; as text where it is kept. */
export interface Stamp<Value = bigint> {
  readonly size: Value;
  readonly mtimeNs: Value;
  readonly ctimeNs: Value;
  readonly ino: Value;
}

/** The stamp in a file's status, or of a kept one. */
export function stampOf({ size, mtimeNs, ctimeNs, ino }: Stamp<bigint | string>): Stamp {
  return { size: BigInt(size), mtimeNs: BigInt(mtimeNs), ctimeNs: BigInt(ctimeNs), ino: BigInt(ino) };
}

/** A stamp as it is kept. */
export function keptStamp({ size, mtimeNs, ctimeNs, ino }: Stamp): Stamp<string> {
  return { size: String(size), mtimeNs: String(mtimeNs), ctimeNs: String(ctimeNs), ino: String(ino) };
}

/** How far a file was read, so that another reader can go on from there. */
export interface TailState {
  readonly offset: number;
  /** So many bytes before `offset` are an unfinished last line that was handed over. */
  readonly taken: number;
  readonly seen: Stamp<string>;
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
