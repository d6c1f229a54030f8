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

/** Whether an error of the file system says that there is no such file or directory, and not merely no way to it. */
export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');
}

/** The message of an error; a thrown value that is not an Error is converted to a string. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
