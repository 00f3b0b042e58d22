import { StaleError, UnfinishedError } from '../domain/errors.ts';

/** This execution is no longer the newest of its release, or the release is over: it must do nothing. */
export class StaleExecutionError extends StaleError {
  override readonly name = 'StaleExecutionError';
}

/** The router accepted a dial and then answered another one. Retrying sets it again. */
export class DialNotTakenError extends UnfinishedError {
  override readonly name = 'DialNotTakenError';
}

/** The cluster accepted a slot and then answered another one. Retrying writes it again. */
export class SlotNotTakenError extends UnfinishedError {
  override readonly name = 'SlotNotTakenError';
}

/** The template is no longer the one that was admitted: what would be written is not what was asked for. */
export class TemplateChangedError extends StaleError {
  override readonly name = 'TemplateChangedError';
}

/** What was done for several workloads failed for some of them; the others have it. Retrying is safe. */
export class PartlyFailedError extends UnfinishedError {
  override readonly name = 'PartlyFailedError';
}
