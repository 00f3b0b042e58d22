import { BlockedError, StaleError, UnreachableError } from '../../domain/errors.ts';

export class TemplateNotFoundError extends BlockedError {
  override readonly name = 'TemplateNotFoundError';
}

/** Another field manager owns a field that Sluice has to set, or has added one to a slot: a person must decide. Retrying does not help. */
export class FieldOwnedError extends BlockedError {
  override readonly name = 'FieldOwnedError';
}

/** The API server refused what we sent (422, 403): retrying does not help. */
export class ClusterRefusedError extends BlockedError {
  override readonly name = 'ClusterRefusedError';
}

/** No answer, 5xx, 429: retrying may help. */
export class ClusterUnreachableError extends UnreachableError {
  override readonly name = 'ClusterUnreachableError';
  /** What the API server answered; absent where it did not. 429: it has no room for our calls (API Priority and Fairness). */
  readonly httpStatusCode?: number;

  constructor(message: string, options: ErrorOptions & { httpStatusCode?: number } = {}) {
    super(message, options);
    if (options.httpStatusCode !== undefined) this.httpStatusCode = options.httpStatusCode;
  }
}

/** What is there was written by a newer claim, as its position in the ledger says: the writer is no longer the one to write. */
export class NewerWriteError extends StaleError {
  override readonly name = 'NewerWriteError';
}

/** EKS has no cluster of that name in this account and region: deleted, or named wrongly. Retrying does not help. */
export class ClusterNotFoundError extends BlockedError {
  override readonly name = 'ClusterNotFoundError';
}
