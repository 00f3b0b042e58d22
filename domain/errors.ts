/*
 * Why Sluice could not do its work, by cause: what helps then, and what whoever asked is told, follows from the cause alone.
 * An outcome is no error: a canary that fails is a verdict, and a release that goes back has done what it should.
 */

/** What becomes of an error of one cause. */
interface ErrorKindFacts {
  /** Whether the same call may succeed when it is made again. Machines give up at once on none that says so. */
  helpsToRetry: boolean;
  /** What an HTTP operation answers. */
  httpStatus: number;
  /** What a command exits with: 2 is for whoever gave the command to mend, 3 is the control plane's. */
  exitCode: 2 | 3;
}

export const ERROR_KINDS = {
  /** What was asked cannot be read, or cannot be meant: a wrong call, file or option. */
  badInput: { helpsToRetry: false, httpStatus: 400, exitCode: 2 },
  /** What was asked for by its name is not there. */
  notFound: { helpsToRetry: false, httpStatus: 404, exitCode: 2 },
  /** Understood, and not done as things are; the message is the answer to a person. */
  refused: { helpsToRetry: false, httpStatus: 409, exitCode: 2 },
  /** Somebody or something newer was first: the caller reads again and thinks again, or ends. */
  stale: { helpsToRetry: false, httpStatus: 409, exitCode: 3 },
  /** A service has no room for our calls. */
  throttled: { helpsToRetry: true, httpStatus: 429, exitCode: 3 },
  /** An outside system did not answer, or could not for now. */
  unreachable: { helpsToRetry: true, httpStatus: 503, exitCode: 3 },
  /** Begun, and not yet as it was asked for; to repeat it is safe. */
  unfinished: { helpsToRetry: true, httpStatus: 503, exitCode: 3 },
  /** An outside system says no, or something there is in the way: a person must change it. */
  blocked: { helpsToRetry: false, httpStatus: 502, exitCode: 3 },
  /** An outside system answered what cannot be used. */
  unusable: { helpsToRetry: true, httpStatus: 502, exitCode: 3 },
  /** What is never so, or a defect of ours; every error that is none of these classes is taken for one. */
  broken: { helpsToRetry: true, httpStatus: 500, exitCode: 3 },
} as const satisfies Record<string, ErrorKindFacts>;

export type ErrorKind = keyof typeof ERROR_KINDS;

/**
 * Every error of ours has a base class by its cause. `name` is a literal, since minifying renames the class and ErrorEquals
 * reads this; `cause` is what was caught, where something was.
 */
export abstract class SluiceError extends Error {
  abstract override readonly name: string;
  abstract get kind(): ErrorKind;
}

/** The input is not what is taken: a wrong call, or a defect of the caller. Retrying does not help. */
export class BadInputError extends SluiceError {
  override readonly name: string = 'BadInputError';
  get kind() {
    return 'badInput' as const;
  }
}

export abstract class NotFoundError extends SluiceError {
  get kind() {
    return 'notFound' as const;
  }
}

/** The caller asked for something that cannot be done; the message is the answer to a person. */
export class RefusedError extends SluiceError {
  override readonly name: string = 'RefusedError';
  get kind() {
    return 'refused' as const;
  }
}

export abstract class StaleError extends SluiceError {
  get kind() {
    return 'stale' as const;
  }
}

/**
 * A service has no room for our calls. Nothing is wrong with the release: release.asl.json waits and goes on where it was,
 * and never goes back for it.
 */
export class ThrottledError extends SluiceError {
  override readonly name: string = 'ThrottledError';
  get kind() {
    return 'throttled' as const;
  }
}

export abstract class UnreachableError extends SluiceError {
  get kind() {
    return 'unreachable' as const;
  }
}

export abstract class UnfinishedError extends SluiceError {
  get kind() {
    return 'unfinished' as const;
  }
}

export abstract class BlockedError extends SluiceError {
  get kind() {
    return 'blocked' as const;
  }
}

export abstract class UnusableError extends SluiceError {
  get kind() {
    return 'unusable' as const;
  }
}

export abstract class BrokenError extends SluiceError {
  get kind() {
    return 'broken' as const;
  }
}
