import { UnreachableError } from '../../domain/errors.ts';

export interface HookCall {
  url: string;
  /** The same for every repetition of the same call, sent as Idempotency-Key: a hook may be called twice. */
  key: string;
  timeoutSeconds: number;
  body: object;
}

/** `running`: the hook has accepted and wants to be asked again (at `statusUrl`). */
export type HookAnswer =
  | { kind: 'passed' }
  | { kind: 'failed'; because: string }
  | { kind: 'running'; statusUrl: string };

export interface Hooks {
  /**
   * POST. 2xx other than 202: passed. 202 with a Location: running. 4xx: failed.
   * @throws HookUnreachableError no answer, 5xx, or not within the time-out: may be tried again
   */
  call(call: HookCall): Promise<HookAnswer>;
  /** GET of the status URL, with the same reading of the answer. */
  poll(statusUrl: string, timeoutSeconds: number): Promise<HookAnswer>;
}

export class HookUnreachableError extends UnreachableError {
  override readonly name = 'HookUnreachableError';
}
