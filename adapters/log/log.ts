/** Structured log of one handler call; every line carries workload, release and seq once they are known. */
export interface Log {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
  /** The same log with fields on every line. */
  with(fields: Record<string, unknown>): Log;
}

/** Counts and durations of a handler call. */
export interface Meter {
  count(name: string, value?: number): void;
  milliseconds(name: string, value: number): void;
}
