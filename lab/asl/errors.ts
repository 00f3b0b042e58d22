/**
 * A failure inside an execution: `name` is what ErrorEquals is compared with, `message` becomes the Cause.
 * The engine reads `isRetryable` and `isCatchable`.
 */
export class StateError extends Error {
  override readonly name: string; // not a literal: the name is data here, of a handler or of an external caller
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  constructor(name: string, cause: string, options: { terminal?: boolean } = {}) {
    super(cause);
    this.name = name;
    this.isRetryable = options.terminal !== true;
    this.isCatchable = options.terminal !== true;
  }
}

/** States.Runtime: neither Retry nor Catch sees it, States.ALL included. */
export const runtimeError = (cause: string): StateError => new StateError('States.Runtime', cause, { terminal: true });

/** Terminal like States.Runtime: docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
export const dataLimitExceeded = (state: string, what: 'returned a result' | 'has an input'): StateError =>
  new StateError(
    'States.DataLimitExceeded',
    `The state/task '${state}' ${what} with a size exceeding the maximum number of bytes service limit.`,
    { terminal: true },
  );

/**
 * Ends the engine's current state after the execution has ended: without it, the engine (3.0.0) runs all remaining
 * retries at once when it is aborted in a retry's back-off.
 */
export const executionEnded = (): StateError => new StateError('ExecutionEnded', '', { terminal: true });
