/** The part of VS Code's LogOutputChannel that the extension writes to. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string | Error): void;
}

/** What was thrown, as the log takes it. */
export function thrown(error: unknown): string | Error {
  return error instanceof Error ? error : String(error);
}
