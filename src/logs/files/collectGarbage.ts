const pressureBytes = 1 << 27;

/** Lets V8 collect what much text left behind: of itself it may wait until that is hundreds of megabytes. */
export function collectGarbage(): void {
  try {
    // Memory that is never touched costs nothing, but V8 reckons with it at once.
    new ArrayBuffer(pressureBytes);
  } catch {
    // There is no room for it: V8 has collected before it said so.
  }
}
