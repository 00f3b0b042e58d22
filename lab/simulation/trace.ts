/** What happened in one simulation, in words: the same seed prints the same trace to the last letter. */
export interface Trace {
  /** One line: who did what, now. */
  tell(who: string, what: string): void;
  readonly lines: readonly string[];
}

/** @param startEpochMs instants are told as hours, minutes and seconds from here */
export function openTrace(startEpochMs: number): Trace {
  const lines: string[] = [];
  return {
    lines,
    tell(who, what) {
      lines.push(`${instantText(Date.now() - startEpochMs)}  ${who.padEnd(28)}  ${what}`);
    },
  };
}

/** `1:02:03.456` */
export function instantText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const whole = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${whole}.${String(Math.floor(ms % 1000)).padStart(3, '0')}`;
}
