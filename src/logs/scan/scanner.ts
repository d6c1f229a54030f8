import { randomBytes } from 'node:crypto';
import { ByteScanner } from './byteScanner';
import { KernelScanner } from './kernelScanner';
import type { LineScanner } from './lineScanner';

let shared: LineScanner | null = null;
let seed: bigint | null = null;

/** This thread's scanner: the kernel, or its equal in TypeScript where WebAssembly has no SIMD. */
export function sharedScanner(): LineScanner {
  shared ??= newScanner();
  return shared;
}

/** Puts another scanner in its place, for comparisons; null: the usual one again. */
export function useScanner(scanner: LineScanner | null): void {
  shared = scanner;
}

/** The kernel's code, or null where it was not built in: the bundler puts it in this global's place, in base64. */
export function kernelCode(): Uint8Array<ArrayBuffer> | null {
  // Declared nowhere else, so that nothing depends on it by accident.
  const base64 = (globalThis as { cdasScanKernel?: string }).cdasScanKernel;
  return base64 === undefined ? null : new Uint8Array(Buffer.from(base64, 'base64'));
}

/**
 * The seed of this process's hashes. Nobody else knows it, so that nobody can write texts whose hashes collide; it is
 * another one in every process unless `useHashSeed` was called before the first scan.
 */
export function hashSeed(): bigint {
  seed ??= randomBytes(8).readBigUInt64LE();
  return seed;
}

/** Makes hashes the same as another process's or thread's; false when this one has already begun with a seed of its own. */
export function useHashSeed(wanted: bigint): boolean {
  seed ??= wanted;
  return seed === wanted;
}

function newScanner(): LineScanner {
  const code = kernelCode();
  return code !== null && WebAssembly.validate(code) ? new KernelScanner(code, hashSeed()) : new ByteScanner();
}
