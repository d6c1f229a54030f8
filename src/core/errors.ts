/** A failure of the surroundings (no permission, disk full, a path of the wrong kind) whose message says what to do. */
export class OperationalError extends Error {
  override readonly name = 'OperationalError';
  constructor(
    message: string,
    /** The system's code, such as EACCES; null where it was no system error. */
    readonly code: string | null = null,
  ) {
    super(message);
  }
}

/** The code of a system error such as EACCES, or null. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** What an error says; what was thrown and is no error is spelled out. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
