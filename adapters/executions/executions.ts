export type Machine = 'release' | 'rollBack';

export interface ExecutionStatus {
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  startedAtEpochMs: number;
}

export interface Executions {
  /**
   * Starts an execution, or finds that very execution running: both are success.
   * @param name at most 80 characters
   * @throws ExecutionNameTakenError an execution of this name has ended, or runs with another input
   * @throws ExecutionsUnreachableError
   */
  start(machine: Machine, name: string, input: object): Promise<void>;
  /** Stops it if it runs; an execution that has ended or never was is success. */
  stop(machine: Machine, name: string, because: string): Promise<void>;
  describe(machine: Machine, name: string): Promise<ExecutionStatus | 'notThere'>;
  /** Ends the waiting of a task token. `tooLate`: its task has timed out or ended, which is ordinary. */
  answer(taskToken: string, output: object): Promise<'answered' | 'tooLate'>;
}

export class ExecutionNameTakenError extends Error {
  override readonly name = 'ExecutionNameTakenError';
}

export class ExecutionsUnreachableError extends Error {
  override readonly name = 'ExecutionsUnreachableError';
}
