/** This execution is no longer the newest of its release, or the release is over: it must do nothing. */
export class StaleExecutionError extends Error {
  override readonly name = 'StaleExecutionError';
}

/** The input of a handler is not what the handler takes: a defect or a wrong call. Retrying does not help. */
export class BadInputError extends Error {
  override readonly name = 'BadInputError';
}

/** The router accepted a dial and then answered another one. Retrying sets it again. */
export class DialNotTakenError extends Error {
  override readonly name = 'DialNotTakenError';
}

/** The cluster accepted a slot and then answered another one. Retrying writes it again. */
export class SlotNotTakenError extends Error {
  override readonly name = 'SlotNotTakenError';
}

/** The template is no longer the one that was admitted: what would be written is not what was asked for. */
export class TemplateChangedError extends Error {
  override readonly name = 'TemplateChangedError';
}

/** The caller of a door asked for something that cannot be done; the message is the answer to a person. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** What was done for several workloads failed for some of them; the others have it. Retrying is safe. */
export class PartlyFailedError extends Error {
  override readonly name = 'PartlyFailedError';
}
