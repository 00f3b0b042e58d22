import { ERROR_KINDS, type ErrorKind, SluiceError } from '../domain/errors.ts';

/** What a command says instead of doing its work: one sentence for a person, and the exit code of its cause. */
export class CommandError extends SluiceError {
  override readonly name = 'CommandError';
  readonly #kind: ErrorKind;

  constructor(message: string, kind: ErrorKind, options?: ErrorOptions) {
    super(message, options);
    this.#kind = kind;
  }

  get kind(): ErrorKind {
    return this.#kind;
  }

  get exitCode(): number {
    return ERROR_KINDS[this.#kind].exitCode;
  }
}
