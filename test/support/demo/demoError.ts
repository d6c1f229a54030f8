/** A failure that the person who started the demo can mend; its message says how. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}
