import { StaleError, UnreachableError } from '../../domain/errors.ts';

/** Somebody else appended first. The caller reads again and thinks again: that is the fence, not a fault. */
export class LedgerConflictError extends StaleError {
  override readonly name = 'LedgerConflictError';
}

/** The table did not answer, or refused for now. Retrying may help. */
export class LedgerUnreachableError extends UnreachableError {
  override readonly name = 'LedgerUnreachableError';
}
