// Where things lie in the kernel's memory; `kernelScanner.ts` writes and reads them by the same numbers.

/** One table of 64 bytes for each object on a wanted path: the entries of its keys by hash, counted from 1. */
export const nodes: usize = 0x4000;
/** Entries of 32 bytes: first 8 key bytes (u64), key length, key address, field (-1: none), what to do, node of its own keys (-1: none), entry of what its list holds (0: none). */
export const entries: usize = 0x5000;
/** Texts to hash are put here. */
export const scratch: usize = 0x10000;
/** Records, up to the cuts. */
export const records: usize = 0x20000;
export const recordBytes: usize = 0x40000;
/** Start, end and code points of the values to leave out. */
export const cuts: usize = 0x60000;
export const cutBytes: usize = 12;
export const maxCuts: u32 = 0x2a00;
/** Parts of strings that are not ASCII, up to the data. */
export const collected: usize = 0x80000;
export const collectedBytes: usize = 0x20000;

/** What to do with a value besides noting where it lies. A value to leave out is no field. */
export const wantsHash: u32 = 1;
/** Lists and objects are left out. */
export const leavesOut: u32 = 2;
/** Long texts are left out but for their length. */
export const measures: u32 = 4;
/** Of the values of a list the first one is not meant. */
export const skipsFirst: u32 = 8;
/** Something inside the object is a field. */
export const holdsFields: u32 = 16;
/** A shorter text is not worth being left out. */
export const measuredBytes: usize = 256;

/** A record: line start, line end, whether it is proven + twice the cuts up to its end, one bit for each field met; then the slots of the fields. */
export const headerBytes: usize = 16;
/** A slot: kind and flags, start, end, code points, number, hash. */
export const slotBytes: usize = 32;
