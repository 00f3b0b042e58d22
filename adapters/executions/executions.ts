import { BlockedError, StaleError, UnreachableError } from '../../domain/errors.ts';

export type Machine = 'release' | 'rollBack';

export interface ExecutionStatus {
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  startedAtEpochMs: number;
  /** The name of the error with which it FAILED, where it is known. */
  error?: string;
  /** What the error said. */
  cause?: string;
}

/** Every method may also throw ExecutionsUnreachableError and ExecutionsRefusedError. */
export interface Executions {
  /**
   * Starts an execution, or finds that very execution running: both are success.
   * @param name at most 80 characters
   * @throws ExecutionNameTakenError an execution of this name has ended, or runs with another input
   */
  start(machine: Machine, name: string, input: object): Promise<void>;
  /** Stops it if it runs; an execution that has ended or never was is success. */
  stop(machine: Machine, name: string, because: string): Promise<void>;
  describe(machine: Machine, name: string): Promise<ExecutionStatus | 'notThere'>;
  /**
   * Ends the waiting of a task token. `tooLate`: its task has timed out or ended, which is ordinary. It may have ended
   * by this very answer, where the first attempt's reply was lost on the way.
   */
  answer(taskToken: string, output: object): Promise<'answered' | 'tooLate'>;
}

export class ExecutionNameTakenError extends StaleError {
  override readonly name = 'ExecutionNameTakenError';
}

/** No answer, throttled after the SDK's own retries, 5xx, no permission yet: retrying may help. */
export class ExecutionsUnreachableError extends UnreachableError {
  override readonly name = 'ExecutionsUnreachableError';
}

/** The call itself is wrong: a machine that is not there, a name or an input that cannot be, a token never issued. */
export class ExecutionsRefusedError extends BlockedError {
  override readonly name = 'ExecutionsRefusedError';
}
