/** A value that a scan looks for: the names that lead to it through objects, and whether its bytes are hashed. */
export interface WantedField {
  readonly path: readonly string[];
  readonly hashed: boolean;
}

/** What a scan looks for. */
export interface Wanted {
  readonly fields: readonly WantedField[];
  /** Paths to lists and objects that are not to be read at all; `[]` in a path stands for the values of a list, `[1+]` for all but the first. */
  readonly leftOut: readonly (readonly string[])[];
  /** Paths to texts of which only the length is wanted. */
  readonly measured: readonly (readonly string[])[];
}

/** What a value is; 0 where the line has none. */
export const fieldKind = { absent: 0, string: 1, number: 2, true: 3, false: 4, null: 5, object: 6, list: 7 } as const;

/** What is known of a value besides its kind. */
export const fieldFlag = {
  /** The string may hold escapes. */
  escapes: 1,
  /** The string holds escapes that JSON.stringify would not write: its bytes are not the one spelling of its text. */
  rareEscapes: 2,
  /** The number is not in the record and has to be read from its bytes. */
  inexact: 4,
  /** The string may hold other bytes than ASCII; they are valid UTF-8. */
  nonAscii: 8,
} as const;

/** A record in 32-bit words: line start, line end, 1 if the line is proven + twice the values left out up to its end, one bit for each field met; then a slot for each field. */
export const headerWords = 4;
/** A slot in words, all signed, since numbers of more than 31 bits would be objects: kind + flags * 256, start, end, code points of a string, number (64 bits), hash (64 bits). Strings lie between their quotes. */
export const slotWords = 8;
export const slot = { kind: 0, start: 1, end: 2, codePoints: 3, number: 4, hash: 6 } as const;

/** Words for each value left out. */
export const cutWords = 3;
/** A shorter text is not worth being left out. */
export const measuredBytes = 256;

/** At most so many fields can be wanted at once. */
export const maxFields = 30;

/**
 * Finds the values of wanted keys in lines of JSON. A line counts as proven only when it is one JSON object that
 * JSON.parse reads to the same values, duplicate keys and all; any other line is merely delimited. One scanner
 * serves a thread: bytes are read into its buffer, scanned, and its records taken before the next scan.
 */
export interface LineScanner {
  readonly name: 'kernel' | 'bytes';
  /** Where lines are put, from `dataStart` on; another buffer after `reserve`. */
  readonly buffer: Buffer;
  readonly dataStart: number;
  /** The records of the last scan; `records` is the first one's index in `words`, half of it in `doubles`. */
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly records: number;
  readonly recordWords: number;
  /** Makes room for so many bytes from `dataStart` on; what lies in the buffer stays. */
  reserve(length: number): void;
  /** Gives back the memory that a long line took; what lay in the buffer and the records of the last scan are gone. */
  release(): void;
  /** Start, end and code points of each value left out since the last scan began; texts with their quotes. */
  readonly leftOut: Uint32Array;
  /** Chooses what the next scans look for; the indices of fields are their numbers. Cheap when it is the same object as before. */
  want(wanted: Wanted): void;
  /** Scans complete lines between two places of the buffer, as many as there is room for; returns how many. Bytes after `end` are only left alone where a line end stands before it. */
  scan(start: number, end: number): number;
  /** The place after the last line that was scanned. */
  readonly scanned: number;
  /** Whether the scan ended because there was no room for more records. */
  readonly full: boolean;
  /** The hash that a field with these bytes gets, as two words of `words`. */
  hash(bytes: Buffer): readonly [number, number];
}
