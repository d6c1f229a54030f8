const RETRY_MS = 100;

/** Probes until it gives something other than undefined, and resolves that; rejects with `what` and the last error. */
export async function until<T>(what: string, probe: () => Promise<T | undefined> | T | undefined, timeoutMs = 30_000): Promise<T> {
  const end = Date.now() + timeoutMs;
  let lastError = '';
  for (;;) {
    try {
      const found = await probe();
      if (found !== undefined) return found;
      lastError = '';
    } catch (error) {
      lastError = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs / 1000} s for ${what}, in vain${lastError}`);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
