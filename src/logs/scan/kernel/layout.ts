// Where things lie in the kernel's memory; `kernelScanner.ts` writes and reads them by the same numbers.

/** One table of 64 bytes for each object on a wanted path: the entries of its keys by hash, counted from 1. */
export const nodes: usize = 0x4000;
/** Entries of 32 bytes: first 8 key bytes (u64), key length, key address, field (-1: none), what to do, node of its own keys and of those of the objects in its list (-1: none). */
export const entries: usize = 0x5000;
/** Texts to hash are put here. */
export const scratch: usize = 0x10000;
/** Records, up to the cuts. */
export const records: usize = 0x20000;
export const recordBytes: usize = 0x40000;
/** Start and end of the values to leave out, up to the data. */
export const cuts: usize = 0x60000;
export const maxCuts: u32 = 0x4000;

/** What to do with a field besides noting where it lies; a value to leave out is no field. */
export const wantsHash: u32 = 1;
export const leavesOut: u32 = 2;

/** A record: line start, line end, whether it is proven + twice the cuts up to its end, one bit for each field met; then the slots of the fields. */
export const headerBytes: usize = 16;
/** A slot: kind and flags, start, end, code points, number, hash. */
export const slotBytes: usize = 32;
