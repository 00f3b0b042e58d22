/** What a command writes to and answers with; in tests a fake, so that no command touches the process itself. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** 0 done, 1 the release was not promoted, 2 bad input or refused, 3 the control plane failed. Set by a command, 0 until then. */
  exitCode: number;
}
